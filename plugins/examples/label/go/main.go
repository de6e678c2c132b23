// Renames, checks and labels: the same small job in five languages, see `../README.md`.
package main

import "kiteline"

type config struct{}

type label struct{}

func init() {
	kiteline.Register("label", "0.1.0", func(config) (kiteline.Plugin, error) { return &label{}, nil })
}

func (*label) Process(batch *kiteline.Batch) error {
	batch.Rename("emb", "embedding")
	for row, id := range batch.Ints("id") {
		if !id.Some || id.Value <= 0 {
			batch.Reject(row, "id is not positive")
		}
	}
	tenants, titles, labels := batch.Texts("tenant"), batch.Texts("title"), &kiteline.Texts{}
	for row := range batch.Rows() {
		tenant, hasTenant := tenants.Get(row)
		title, hasTitle := titles.Get(row)
		labels.Add(tenant+": "+title, hasTenant && hasTitle)
	}
	batch.SetTexts("label", labels)
	return nil
}

func main() {}
