// {{name}} takes the blanks around a text away, and rejects records where nothing is left.
package main

import (
	"strings"

	"kiteline"
)

type config struct {
	Field string `json:"field" doc:"the field that is trimmed"`
}

type plugin struct{ config }

func init() {
	kiteline.Register("{{name}}", "0.1.0", func(c config) (kiteline.Plugin, error) { return &plugin{c}, nil })
}

func (p *plugin) Process(batch *kiteline.Batch) error {
	for record := range batch.Records() {
		text, ok := record.Text(p.Field)
		if !ok {
			continue
		}
		if text = strings.TrimSpace(text); text == "" {
			record.Reject(p.Field + " is blank")
			continue
		}
		record.SetText(p.Field, text)
	}
	return nil
}

func main() {}
