package host

import "unsafe"

// What the host hands in lies here until it is copied, which is at once: nothing that a plugin holds points here.
var (
	chunk  = make([]byte, 0, 64<<10)
	filled [][]byte
)

//go:wasmexport cabi_realloc
func cabiRealloc(_, _, align, size uint32) uint32 {
	start := (uint32(len(chunk)) + align - 1) &^ (align - 1)
	if int(start+size) > cap(chunk) {
		filled = append(filled, chunk)
		chunk, start = make([]byte, 0, max(2*cap(chunk), int(size))), 0
	}
	chunk = chunk[:start+size]
	return address(unsafe.SliceData(chunk)) + start
}

// release starts over. Of several chunks the last is the largest.
func release() { chunk, filled = chunk[:0], nil }

func nobody() Host { return component{} }

// A pointer has 8 bytes in Go here and 4 in the component model.
func address[T any](p *T) uint32 { return uint32(uintptr(unsafe.Pointer(p))) }

// list is a list or a text in memory.
type list struct{ data, len uint32 }

func text(s string) list { return list{address(unsafe.StringData(s)), uint32(len(s))} }

// at is what the host wrote into the chunk.
func at[T any](l list) []T { return unsafe.Slice((*T)(unsafe.Pointer(uintptr(l.data))), l.len) }

// What is returned stays here until the host has read it, which is before the next call.
var (
	kept     [3]string
	info     [3]list
	answered [3]uint32
)

//go:wasmexport describe
func describe() uint32 {
	kept[0], kept[1], kept[2] = Describe()
	info = [3]list{text(kept[0]), text(kept[1]), text(kept[2])}
	return address(&info)
}

//go:wasmexport configure
func configure(data, length uint32) uint32 {
	config := string(at[byte](list{data, length}))
	release()
	return answer(Configure(config))
}

//go:wasmexport process
func process() uint32 { return answer(Process()) }

func answer(err error) uint32 {
	answered = [3]uint32{}
	if err != nil {
		kept[0] = err.Error()
		said := text(kept[0])
		answered = [3]uint32{1, said.data, said.len}
	}
	return address(&answered)
}
