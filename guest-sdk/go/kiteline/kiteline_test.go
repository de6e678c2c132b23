package kiteline_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"kiteline"
	"kiteline/kitelinetest"
)

type config struct {
	Do    string   `json:"do"`
	Sizes []uint32 `json:"sizes,omitempty" doc:"some sizes"`
}

type plugin func(*kiteline.Batch) error

func (p plugin) Process(batch *kiteline.Batch) error { return p(batch) }

var jobs = map[string]plugin{}

func init() {
	kiteline.Register("tested", "1.2.3", func(c config) (kiteline.Plugin, error) {
		if job, ok := jobs[c.Do]; ok {
			return job, nil
		}
		return nil, errors.New("do: there is no such job")
	})
}

func run(t *testing.T, batch *kitelinetest.Batch, job plugin) {
	t.Helper()
	jobs[t.Name()] = job
	kitelinetest.Run(t, `{"do": "`+t.Name()+`"}`, batch)
}

func TestMistakesInTheConfigurationAreNamedByTheirKey(t *testing.T) {
	for given, want := range map[string]string{
		`{}`:                          "missing key `do`",
		`{"do": 1}`:                   "do: a number where string is expected",
		`{"do": "x", "sises": []}`:    "unknown key \"sises\", expected `do`, `sizes`",
		`{"do": "x", "sizes": ["a"]}`: "sizes: a string where integer is expected",
		`{"do": "x"}`:                 "do: there is no such job",
	} {
		if err := kitelinetest.Configure(given); err == nil || err.Error() != want {
			t.Errorf("%s: %v, not %s", given, err, want)
		}
	}
}

func TestTheSchemaIsMadeOfTheConfiguration(t *testing.T) {
	_, _, schema := kitelinetest.Describe()
	for _, part := range []string{`"required":["do"]`, `"additionalProperties":false`, `"description":"some sizes"`, `"minimum":0`} {
		if !strings.Contains(schema, part) {
			t.Errorf("%s is not in %s", part, schema)
		}
	}
}

func TestReadingGivesTheValuesOfItsType(t *testing.T) {
	batch := kitelinetest.JSON(t, `{"a": "x", "m": {"n": [7]}}`, `{"a": 9007199254740993}`, `{"a": 1.5}`, `{}`)
	run(t, batch, func(b *kiteline.Batch) error {
		text, ok := b.Texts("a").Get(0)
		if text != "x" || !ok {
			t.Errorf("text %q", text)
		}
		if got := b.Ints("a"); got[1] != kiteline.Some[int64](1<<53+1) || got[2].Some {
			t.Errorf("ints %v", got)
		}
		if got := b.Floats("a"); got[2] != kiteline.Some(1.5) || got[1].Some {
			t.Errorf("floats %v", got)
		}
		if got := b.Ints("/m/n/0"); got[0] != kiteline.Some[int64](7) {
			t.Errorf("inside %v", got)
		}
		return nil
	})
}

func TestMapTextsRejectsWhatIsNoText(t *testing.T) {
	batch := kitelinetest.JSON(t, `{"a": "x"}`, `{"a": 1}`, `{}`)
	run(t, batch, func(b *kiteline.Batch) error {
		b.MapTexts("a", func(text string, ok bool) (string, bool) { return text + "!", ok })
		return nil
	})
	if batch.Row(0)["a"] != "x!" || !reflect.DeepEqual(batch.Rejected, map[int]string{1: "a is not a text"}) {
		t.Errorf("%v, rejected %v", batch.Row(0), batch.Rejected)
	}
}

func TestRecordsKeepWhatALoopDoesNotWrite(t *testing.T) {
	batch := kitelinetest.JSON(t, `{"n": 1, "s": "a"}`, `{"n": 2, "s": "b"}`, `{"n": 3}`)
	run(t, batch, func(b *kiteline.Batch) error {
		for r := range b.Records() {
			n, _ := r.Int("n")
			switch n {
			case 1:
				r.SetInt("n", 10)
				r.SetText("s", "new")
			case 3:
				r.Discard()
			}
			if again, _ := r.Int("n"); n == 1 && again != 10 {
				t.Errorf("a record reads %d after it wrote 10", again)
			}
		}
		return nil
	})
	if !reflect.DeepEqual(batch.Row(0), map[string]any{"n": int64(10), "s": "new"}) || batch.Row(1)["s"] != "b" || !batch.Discarded[2] {
		t.Errorf("%v %v %v", batch.Row(0), batch.Row(1), batch.Discarded)
	}
}

func TestVectorsAndArraysComeBackAsTheyWereAdded(t *testing.T) {
	batch := kitelinetest.JSON(t, `{"v": [1, 2], "t": ["a"]}`, `{}`).Vectors("v")
	run(t, batch, func(b *kiteline.Batch) error {
		old, vectors := b.Vectors("v"), &kiteline.Vectors{}
		for row := range old.Len() {
			vector, ok := old.Get(row)
			for i := range vector {
				vector[i] *= 2
			}
			vectors.Add(vector, ok)
		}
		b.SetVectors("v", vectors)
		if texts, ok := b.TextArrays("t").Get(0); !ok || texts[0] != "a" {
			t.Errorf("texts %v", texts)
		}
		if numbers, ok := b.IntArrays("t").Get(0); ok {
			t.Errorf("texts read as integers: %v", numbers)
		}
		return nil
	})
	if !reflect.DeepEqual(batch.Row(0)["v"], []float32{2, 4}) || batch.Row(1)["v"] != nil {
		t.Errorf("%v %v", batch.Row(0), batch.Row(1))
	}
}

func TestRepeatMakesRows(t *testing.T) {
	batch := kitelinetest.JSON(t, `{"n": 1}`, `{"n": 2}`, `{"n": 3}`)
	run(t, batch, func(b *kiteline.Batch) error {
		b.Repeat([]uint32{2, 0, 1})
		if got := b.Ints("n"); len(got) != 3 || got[1].Value != 1 || got[2].Value != 3 {
			t.Errorf("%v", got)
		}
		return nil
	})
}

func TestAPanicIsLoggedWithItsPlaceAndGoesOn(t *testing.T) {
	batch := kitelinetest.New()
	defer func() {
		if recover() == nil || len(batch.Logs) != 1 || !strings.HasPrefix(batch.Logs[0], "error: panic: oh at kiteline_test.go:") {
			t.Errorf("logs %v", batch.Logs)
		}
	}()
	run(t, batch, func(*kiteline.Batch) error { panic("oh") })
}

func TestAListOfTheWrongLengthPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	run(t, kitelinetest.New(nil, nil), func(b *kiteline.Batch) error { b.SetInts("n", nil); return nil })
}
