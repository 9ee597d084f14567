package verify_test

import (
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/dreysql/drey/internal/verify"
)

// BenchmarkPackage verifies the quiet project; the time for each query is
// reported too.
func BenchmarkPackage(b *testing.B) {
	archive, err := txtar.ParseFile("testdata/quiet/shop.txtar")
	must(b, err)
	p := open(b, archive)
	if refused := p.generate(b); refused != nil {
		b.Fatal(refused)
	}
	for b.Loop() {
		if problems, _, _ := verify.Package(p.input); problems != nil {
			b.Fatal(problems)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(len(p.input.Queries)), "µs/query")
}
