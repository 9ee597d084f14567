package verify

import (
	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/schema"
)

// command: the statement returns what its command needs.
func (s *subject) command() bool {
	switch {
	case s.m.Cmd == ":execlastid":
		return s.lastID()
	case (s.m.Cmd == ":exec" || s.m.Cmd == ":execrows" || s.m.Cmd == ":execresult") && s.stmt.ReadOnly:
		s.warn(0, "use :one or :many", "it is %s but only reads, and what it finds is lost", s.m.Cmd)
	}
	return true
}

// lastID: SQLite's last_insert_rowid is the row's key.
func (s *subject) lastID() bool {
	in, ok := s.tree.(*ast.InsertStmt)
	if !ok {
		s.problem(0, "use :execrows, or :one with RETURNING", "it is :execlastid but inserts nothing: the id is that of an earlier INSERT")
		return false
	}
	t := s.Schema.Table(in.Table.Name.Name)
	if t == nil || t.Kind != schema.KindTable {
		return true
	}
	for _, c := range t.Columns {
		if !c.RowIDAlias {
			continue
		}
		for _, u := range in.Upserts {
			if u.Set == nil {
				s.warn(s.origin(u.Start), "use :one with RETURNING "+c.Name+", which gives no row then",
					"where there is a conflict it inserts nothing, and the id is that of an earlier INSERT")
			}
		}
		return true
	}
	s.problem(0, "use :exec, or :one with RETURNING and the key's columns", "it is :execlastid, but the id of a row of %s is not its key: the table has no INTEGER PRIMARY KEY", t.Name)
	return false
}
