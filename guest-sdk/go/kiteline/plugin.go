// Package kiteline is what a Kiteline plugin in Go is written with: register a function that makes the plugin from
// its configuration, in an init function.
//
//	type config struct {
//		Field string `json:"field" doc:"the field that is trimmed"`
//	}
//
//	type trim struct{ field string }
//
//	func (t *trim) Process(batch *kiteline.Batch) error {
//		batch.MapTexts(t.field, func(text string, ok bool) (string, bool) { return strings.TrimSpace(text), ok })
//		return nil
//	}
//
//	func init() {
//		kiteline.Register("trim", "0.1.0", func(c config) (kiteline.Plugin, error) { return &trim{c.Field}, nil })
//	}
//
//	func main() {}
//
// What a Batch gives is the plugin's own: it may keep it. Package kitelinetest runs a plugin without a host, on a batch
// in memory.
package kiteline

import (
	"errors"
	"fmt"
	"runtime"
	"strings"

	"kiteline/internal/host"
)

// Plugin is what Process calls. One value of it lives in each lane, from when the lane starts until the plugin is
// replaced or traps. It may keep state between calls, but a trap costs it its state, and a record may be processed more
// than once: make what comes out depend on the record and the configuration only.
type Plugin interface {
	// Process works on some rows, also on none: Kiteline runs every chain once on an empty batch, to learn which field
	// of the record ends in which field of the target.
	//
	// An error undoes all that this call wrote; the record that causes it is found by halving the batch, and rejected
	// with the error. Where you know the row, Reject it, which costs the others nothing. An error is shown as it is:
	// name the field and the rule, never the value.
	Process(batch *Batch) error
}

var registered struct {
	name, version, schema string
	configure             func(config string) (Plugin, error)
	plugin                Plugin
}

// Register says which plugin this module is. Name and version have at most 64 bytes. C is the plugin's configuration, a
// struct: its keys are named by `json` tags; one without `omitempty` must be there, unknown ones are refused. The JSON
// Schema that describe returns is made of it, with `doc` tags as descriptions. An error of configure keeps the plugin
// from being used: say which key is wrong and what it takes. configure may ask the target.
func Register[C any](name, version string, configure func(config C) (Plugin, error)) {
	registered.name, registered.version = name, version
	registered.schema = schemaOf[C]()
	registered.configure = func(text string) (Plugin, error) {
		config, err := parseConfig[C](text)
		if err != nil {
			return nil, err
		}
		return configure(config)
	}
}

func init() {
	host.Describe = func() (string, string, string) {
		return registered.name, registered.version, registered.schema
	}
	host.Configure = func(config string) (err error) {
		defer logPanic()
		if registered.configure == nil {
			return errors.New("no plugin: call kiteline.Register in an init function")
		}
		registered.plugin, err = registered.configure(config)
		return err
	}
	host.Process = func() error {
		defer logPanic()
		if registered.plugin == nil {
			return errors.New("process was called before configure")
		}
		return registered.plugin.Process(&Batch{})
	}
}

// A panic reaches the host as a bare trap, so it is logged with its place, and goes on.
func logPanic() {
	cause := recover()
	if cause == nil {
		return
	}
	LogError(fmt.Sprintf("panic: %v%s", cause, placeOfPanic()))
	panic(cause)
}

// The first function of the plugin's own below the panic.
func placeOfPanic() string {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	for {
		frame, more := frames.Next()
		if frame.Function != "" && !strings.HasPrefix(frame.Function, "runtime.") {
			return fmt.Sprintf(" at %s:%d", frame.File[strings.LastIndexByte(frame.File, '/')+1:], frame.Line)
		}
		if !more {
			return ""
		}
	}
}
