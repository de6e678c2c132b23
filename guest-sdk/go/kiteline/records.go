package kiteline

import "iter"

// Records goes through the rows one by one. A column is read when a row first asks for it, and written once, when the
// loop ends; so it reads like code for single records and costs nearly what columns do.
//
//	for record := range batch.Records() {
//		if name, ok := record.Text("name"); !ok || name == "" {
//			record.Reject("name is missing")
//		}
//		record.SetInt("n", 1)
//	}
//
// A field that a loop writes has one type; of the rows that it does not write, those of this type keep their value. What
// the loop wrote can be read in the loop by the same row; methods of the Batch see it after the loop.
func (b *Batch) Records() iter.Seq[*Record] {
	return func(yield func(*Record) bool) {
		r := &Record{batch: b, rows: b.Rows(), texts: columns[*Texts]{}, ints: columns[[]Maybe[int64]]{},
			floats: columns[[]Maybe[float64]]{}, bools: columns[[]Maybe[bool]]{}, written: map[string]*written{}}
		for r.row = range r.rows {
			if !yield(r) {
				break
			}
		}
		r.write()
	}
}

// Record is one row of a batch, during its turn of the loop.
type Record struct {
	batch     *Batch
	row, rows int
	texts     columns[*Texts]
	ints      columns[[]Maybe[int64]]
	floats    columns[[]Maybe[float64]]
	bools     columns[[]Maybe[bool]]
	written   map[string]*written
	order     []string
}

// A column that the loop writes: only the one of its type is there.
type written struct {
	texts  []*string
	ints   []Maybe[int64]
	floats []Maybe[float64]
	bools  []Maybe[bool]
}

type columns[T any] map[string]T

func (c columns[T]) of(field string, read func(string) T) T {
	column, ok := c[field]
	if !ok {
		column = read(field)
		c[field] = column
	}
	return column
}

// Row is its number.
func (r *Record) Row() int { return r.row }

// Text is the text of a field, and whether there is one.
func (r *Record) Text(field string) (string, bool) {
	if w := r.written[field]; w != nil && w.texts != nil {
		if text := w.texts[r.row]; text != nil {
			return *text, true
		}
		return "", false
	}
	return r.texts.of(field, r.batch.Texts).Get(r.row)
}

// Int is the integer of a field, and whether there is one.
func (r *Record) Int(field string) (int64, bool) {
	column := r.ints.of(field, r.batch.Ints)
	if w := r.written[field]; w != nil && w.ints != nil {
		column = w.ints
	}
	return column[r.row].Value, column[r.row].Some
}

// Float is the float of a field, and whether there is one.
func (r *Record) Float(field string) (float64, bool) {
	column := r.floats.of(field, r.batch.Floats)
	if w := r.written[field]; w != nil && w.floats != nil {
		column = w.floats
	}
	return column[r.row].Value, column[r.row].Some
}

// Bool is the boolean of a field, and whether there is one.
func (r *Record) Bool(field string) (value, ok bool) {
	column := r.bools.of(field, r.batch.Bools)
	if w := r.written[field]; w != nil && w.bools != nil {
		column = w.bools
	}
	return column[r.row].Value, column[r.row].Some
}

// SetText writes a text. It panics where the loop has written another type to this field, as all that follow do.
func (r *Record) SetText(field, value string) {
	w := r.column(field, func(w *written) {
		old := r.texts.of(field, r.batch.Texts)
		w.texts = make([]*string, r.rows)
		for row := range w.texts {
			if text, ok := old.Get(row); ok {
				w.texts[row] = &text
			}
		}
	})
	w.texts[r.row] = &value
}

// SetInt writes an integer.
func (r *Record) SetInt(field string, value int64) {
	w := r.column(field, func(w *written) { w.ints = append(w.ints, r.ints.of(field, r.batch.Ints)...) })
	w.ints[r.row] = Some(value)
}

// SetFloat writes a float.
func (r *Record) SetFloat(field string, value float64) {
	w := r.column(field, func(w *written) { w.floats = append(w.floats, r.floats.of(field, r.batch.Floats)...) })
	w.floats[r.row] = Some(value)
}

// SetBool writes a boolean.
func (r *Record) SetBool(field string, value bool) {
	w := r.column(field, func(w *written) { w.bools = append(w.bools, r.bools.of(field, r.batch.Bools)...) })
	w.bools[r.row] = Some(value)
}

// Reject sends the record to the dead letter; see Batch.Reject.
func (r *Record) Reject(reason string) { r.batch.Reject(r.row, reason) }

// Discard drops the row on purpose.
func (r *Record) Discard() { r.batch.Discard(r.row) }

func (r *Record) column(field string, fill func(*written)) *written {
	w := r.written[field]
	if w == nil {
		w = &written{}
		fill(w)
		r.written[field] = w
		r.order = append(r.order, field)
	}
	return w
}

func (r *Record) write() {
	for _, field := range r.order {
		switch w := r.written[field]; {
		case w.texts != nil:
			texts := &Texts{}
			for _, text := range w.texts {
				if text == nil {
					texts.Add("", false)
				} else {
					texts.Add(*text, true)
				}
			}
			r.batch.SetTexts(field, texts)
		case w.ints != nil:
			r.batch.SetInts(field, w.ints)
		case w.floats != nil:
			r.batch.SetFloats(field, w.floats)
		case w.bools != nil:
			r.batch.SetBools(field, w.bools)
		}
	}
}
