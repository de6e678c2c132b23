// Adds where a record came from to its fields: topic, Kafka partition, offset and time, and constants.
package main

import (
	"errors"
	"slices"

	"kiteline"
)

type config struct {
	Topic     string            `json:"topic,omitempty" doc:"field for the topic"`
	Partition string            `json:"partition,omitempty" doc:"field for the Kafka partition"`
	Offset    string            `json:"offset,omitempty" doc:"field for the offset"`
	Timestamp string            `json:"timestamp,omitempty" doc:"field for the record's time in milliseconds since 1970"`
	Constants map[string]string `json:"constants,omitempty" doc:"texts by the fields that they become"`
}

type addOrigin struct{ config }

func init() {
	kiteline.Register("add-origin", "0.1.0", newAddOrigin)
}

func newAddOrigin(c config) (kiteline.Plugin, error) {
	if c.Topic+c.Partition+c.Offset+c.Timestamp == "" && len(c.Constants) == 0 {
		return nil, errors.New("nothing to add: give `topic`, `partition`, `offset` or `timestamp` the name of a field, or name some `constants`")
	}
	return &addOrigin{c}, nil
}

func (a *addOrigin) Process(batch *kiteline.Batch) error {
	if a.Topic != "" {
		topics := &kiteline.Texts{}
		for _, topic := range batch.Topics() {
			topics.Add(topic, true)
		}
		batch.SetTexts(a.Topic, topics)
	}
	if a.Partition != "" {
		batch.SetInts(a.Partition, there(batch.KafkaPartitions()))
	}
	if a.Offset != "" {
		batch.SetInts(a.Offset, there(batch.Offsets()))
	}
	if a.Timestamp != "" {
		batch.SetInts(a.Timestamp, batch.Timestamps())
	}
	for field, text := range a.Constants {
		texts := &kiteline.Texts{}
		for _, value := range slices.Repeat([]string{text}, batch.Rows()) {
			texts.Add(value, true)
		}
		batch.SetTexts(field, texts)
	}
	return nil
}

func there[T int32 | int64](numbers []T) []kiteline.Maybe[int64] {
	values := make([]kiteline.Maybe[int64], len(numbers))
	for row, number := range numbers {
		values[row] = kiteline.Some(int64(number))
	}
	return values
}

func main() {}
