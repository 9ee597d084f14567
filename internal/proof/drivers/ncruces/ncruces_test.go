// Package ncruces tries https://github.com/ncruces/go-sqlite3, which does not need cgo.
package ncruces

import (
	"database/sql"
	"testing"

	_ "github.com/ncruces/go-sqlite3/driver"
	_ "github.com/ncruces/go-sqlite3/embed"

	"github.com/dreysql/drey/internal/proof/foreign"
	drey "github.com/dreysql/drey/internal/runtime"
)

func open(params string) func(*testing.T, string) *sql.DB {
	return func(t *testing.T, path string) *sql.DB {
		db, err := sql.Open("sqlite3", "file:"+path+"?_pragma=busy_timeout(5000)"+params)
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
}

func TestNcruces(t *testing.T) {
	for _, params := range []string{"", "&_timefmt=auto", "&_timefmt=sqlite", "&_timefmt=rfc3339", "&_timefmt=unix", "&_timefmt=julianday"} {
		t.Run(params, func(t *testing.T) { foreign.Check(t, open("&_pragma=foreign_keys(1)"+params)) })
	}
}

func TestWithoutForeignKeys(t *testing.T) {
	foreign.CheckRefused(t, open("&_pragma=foreign_keys(0)"), drey.ErrForeignKeys, false)
}
