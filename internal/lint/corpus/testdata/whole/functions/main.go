package main

import (
	"database/sql"
	"net/http"

	"example.com/functions/shop"
	"example.com/functions/store"
)

func main() {
	db := new(sql.DB)
	s := &store.Store{DB: db}
	http.Handle("/a", shop.New(s.Run, store.Remove(db), store.Keep(db), s, s, s.Once))
	http.Handle("/b", shop.New(store.Runner(db), store.Remove(db), store.Keep(db), s, s, s.Once))
	http.Handle("/c", shop.New(store.Runner(db), store.Remove(db), store.Keep(db), store.Adapted(db), s, s.Once))
	shop.Each(store.Removed(db))
	local(db)
}
