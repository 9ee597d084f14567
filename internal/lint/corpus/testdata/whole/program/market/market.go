// Package market stands between the program and the harvest.
package market

import (
	"database/sql"
	"net/http"

	"example.com/orchard/harvest"
	"example.com/orchard/words"
)

func Weigh(db *sql.DB, unit string) *sql.Row { return harvest.Weigh(db, unit) }

func Price(db *sql.DB, currency string) *sql.Row { return harvest.Price(db, currency) }

type Baskets interface {
	Full(order string) (*sql.Rows, error)
	Empty(order string) (*sql.Rows, error)
	Broken(order string) (*sql.Rows, error)
}

type Shelves[T any] interface {
	Of(order string, t T) (*sql.Rows, error)
}

func List(b Baskets, s Shelves[int], r *http.Request) {
	_, _ = b.Full("id")
	_, _ = b.Empty(r.FormValue("order"))
	broken := b.Broken
	_, _ = broken(r.FormValue("order"))
	_, _ = s.Of(r.FormValue("order"), 1)
}

func Choose(db *sql.DB, r *http.Request) {
	column := r.FormValue("column")
	if words.Long(column) {
		_, _ = harvest.Unchosen(db, column)
	}
	if !words.Known(column) {
		return
	}
	_, _ = harvest.Chosen(db, column)
}

func Pears(db *sql.DB) *sql.Row {
	// @native-sql the table has no type
	return db.QueryRow("SELECT count(*) FROM " + words.Current().Table()) // ok: the other package makes it of constants
}
