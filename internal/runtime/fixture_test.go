package drey_test

import (
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/fixture"
)

// The fixture, by short names.
type (
	link    = fixture.Link
	inLinks = fixture.InLinks
)

var (
	links         = fixture.Links
	linksRelation = fixture.LinksRelation
	linkFields    = fixture.LinkFields
	openFixture   = fixture.Open
	openFile      = fixture.OpenFile
	fixtureTime   = fixture.Time
)

// static is what sqlc's queries run on.
func static(c drey.Conn) drey.DBTX { return drey.Static(c, nil) }

// What generated code alone uses: kinds of handles that no source here has, and a
// list whose values are bound through a function.
var (
	_ = drey.NewNullOrderedColumn[inLinks, drey.UnixTime]
	_ = drey.NewNamedTextColumn[inLinks, string]
	_ = drey.NewNullNamedTextColumn[inLinks, string]
	_ = drey.ListThrough[int64, int64]
)

func second[T any](_ T, err error) error { return err }

// openBackend makes a client of the engine of files with less, or more, than that has.
func openBackend(tb testing.TB, b drey.Backend) *drey.Client {
	tb.Helper()
	if b.Reads == nil {
		b.Reads = drey.NewPool(fixture.Connector(tb), nil)
	}
	b.Reads.DB().SetMaxOpenConns(1)
	b.Writes = b.Reads
	c := drey.New(b)
	tb.Cleanup(func() {
		if err := c.Close(); err != nil {
			tb.Error(err)
		}
	})
	return c
}
