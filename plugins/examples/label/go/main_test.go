package main

import (
	"testing"

	"kiteline/kitelinetest"
)

func TestRowsAreLabelledAndChecked(t *testing.T) {
	batch := kitelinetest.JSON(t, `{"id": 1, "title": "a kite", "tenant": "t"}`, `{"id": 0}`, `{"id": 2, "title": "a kite", "emb": 3}`)
	kitelinetest.Run(t, `{}`, batch)
	if got := batch.Row(0)["label"]; got != "t: a kite" {
		t.Errorf("the label is %v", got)
	}
	if got := batch.Rejected[1]; got != "id is not positive" {
		t.Errorf("the reason is %q", got)
	}
	if row := batch.Row(2); row["label"] != nil || row["embedding"] != int64(3) {
		t.Errorf("the row is %v", row)
	}
}
