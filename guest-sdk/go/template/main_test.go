package main

import (
	"testing"

	"kiteline/kitelinetest"
)

func TestBlanksGo(t *testing.T) {
	batch := kitelinetest.JSON(t, `{"title": " a kite "}`, `{"title": " "}`)
	kitelinetest.Run(t, `{"field": "title"}`, batch)
	if got := batch.Row(0)["title"]; got != "a kite" {
		t.Errorf("title is %q", got)
	}
	if got := batch.Rejected[1]; got != "title is blank" {
		t.Errorf("rejected with %q", got)
	}
}
