//go:build cgo

// Package mattn tries https://github.com/mattn/go-sqlite3, which needs cgo.
package mattn

import (
	"database/sql"
	"testing"

	_ "github.com/mattn/go-sqlite3"

	"github.com/dreysql/drey/internal/proof/foreign"
	drey "github.com/dreysql/drey/internal/runtime"
)

func open(params string) func(*testing.T, string) *sql.DB {
	return func(t *testing.T, path string) *sql.DB {
		db, err := sql.Open("sqlite3", "file:"+path+"?_busy_timeout=5000"+params)
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
}

func TestMattn(t *testing.T) {
	for _, params := range []string{"", "&_loc=auto", "&_loc=Europe/Berlin", "&_txlock=immediate"} {
		t.Run(params, func(t *testing.T) { foreign.Check(t, open("&_foreign_keys=1"+params)) })
	}
}

func TestWithoutForeignKeys(t *testing.T) {
	foreign.CheckRefused(t, open(""), drey.ErrForeignKeys, false)
}
