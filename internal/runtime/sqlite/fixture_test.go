package sqlite_test

import (
	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/fixture"
)

// The fixture, by short names.
type link = fixture.Link

var (
	links             = fixture.Links
	fixtureMigrations = fixture.Migrations
	openFixture       = fixture.Open
	openFile          = fixture.OpenFile
	fixtureTime       = fixture.Time
)

// static is what sqlc's queries run on.
func static(c drey.Conn) drey.DBTX { return drey.Static(c, nil) }

func second[T any](_ T, err error) error { return err }
