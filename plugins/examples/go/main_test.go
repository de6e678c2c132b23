package main

import (
	"strings"
	"testing"

	"kiteline/kitelinetest"
)

func TestARowKnowsWhereItCameFrom(t *testing.T) {
	batch := kitelinetest.JSON(t, `{"id": 1}`, `{"id": 2}`)
	batch.Records[1] = kitelinetest.Record{Topic: "items", Partition: 3, Offset: 9, Timestamp: 1700}
	kitelinetest.Run(t, `{"topic": "t", "partition": "p", "offset": "o", "timestamp": "at", "constants": {"kind": "item"}}`, batch)
	want := map[string]any{"id": int64(2), "t": "items", "p": int64(3), "o": int64(9), "at": int64(1700), "kind": "item"}
	got := batch.Row(1)
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s is %v, not %v", name, got[name], value)
		}
	}
	if at, found := batch.Row(0)["at"]; found {
		t.Errorf("a record without a time has %v", at)
	}
}

func TestNothingToAddIsAMistake(t *testing.T) {
	err := kitelinetest.Configure(`{}`)
	if err == nil || !strings.HasPrefix(err.Error(), "nothing to add") {
		t.Errorf("%v", err)
	}
}
