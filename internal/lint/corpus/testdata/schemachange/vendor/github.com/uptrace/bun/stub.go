// Package bun stands in for the real one.
package bun

type DB struct{}

func (db *DB) NewCreateTable() *DB { return db }
func (db *DB) NewCreateIndex() *DB { return db }
func (db *DB) NewDropTable() *DB   { return db }
func (db *DB) NewSelect() *DB      { return db }
