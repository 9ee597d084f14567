package engine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite/alter"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

const (
	// OnFile is what to do with a migration that a cluster does not run.
	OnFile = "take a backup of the cluster, migrate that file, and load it"

	oneTransaction = "delete it: drey migrate runs a migration on a cluster in one transaction; or " + OnFile
	setting        = "delete it: settings belong to the start of a node (rqlited -fk); or " + OnFile
	inGo           = "compute the value in Go and bind it"
	noTemp         = "write a table and drop it at the end"
)

// rqlite is what rqlite does not run, or without effect, or on one node otherwise than on
// another, as tried with rqlited 8.43.4.
var rqlite = []Refusal{
	{[]string{"BEGIN"}, "rqlite answers BEGIN with success and does nothing", oneTransaction},
	{[]string{"COMMIT"}, "rqlite answers COMMIT with success and does nothing", oneTransaction},
	{[]string{"END"}, "rqlite answers END with success and does nothing", oneTransaction},
	{[]string{"ROLLBACK"}, "rqlite answers ROLLBACK with success and does nothing", oneTransaction},
	{[]string{"SAVEPOINT"}, "rqlite answers SAVEPOINT with success and does nothing", oneTransaction},
	{[]string{"RELEASE"}, "rqlite answers RELEASE with success and does nothing", oneTransaction},
	{[]string{"PRAGMA"}, "a PRAGMA is in force on every node, for everybody, until the node restarts", setting},
	{[]string{"ATTACH"}, "each node would attach a file of its own", "a cluster has one database: move the data in a service"},
	{[]string{"DETACH"}, "each node would detach a file of its own", "a cluster has one database: move the data in a service"},
	{[]string{"VACUUM"}, "VACUUM does not run in a transaction", "delete it: rqlited -auto-vacuum-int does it"},
	{[]string{"CREATE", "TEMP"}, "what is temporary is gone on a node that restarts", noTemp},
	{[]string{"CREATE", "TEMPORARY"}, "what is temporary is gone on a node that restarts", noTemp},
}

// Rqlite is a cluster, whose nodes all run each statement, and run it again when they
// restart: what a statement reads has to be the same every time. drey reads the clock
// itself for a write and for what a DEFAULT leaves to it, so that those are taken.
func Rqlite(sql string) (why, fix string) {
	tokens := sqltext.Significant(sql)
	if r := First(rqlite, tokens); r != nil {
		return r.Why, r.Fix
	}
	for _, t := range tokens {
		if t.Ident() && sqltext.EqualFold(t.Name(), migration.VersionTable) {
			return "drey migrate records the version on a cluster itself, in the migration's transaction", oneTransaction
		}
	}
	stmt, err := syntax.Parse(sql)
	if err != nil {
		return "", "" // what is wrong with it is for SQLite to say
	}
	var reads string
	switch s := stmt.(type) {
	case *ast.CreateTriggerStmt:
		if reads = differs(s, true); reads != "" {
			return fmt.Sprintf("the trigger reads %s: each node does that by itself, and again when it restarts, so that they come to differ", reads),
				"let the statement that fires it bring the value, in a column"
		}
	case *ast.CreateTableStmt:
		if s.Select != nil {
			reads = differs(s.Select, false)
		}
		for _, column := range s.Columns {
			if reads == "" {
				reads = differs(column, false)
			}
		}
	case *ast.AlterTableStmt, *ast.InsertStmt, *ast.UpdateStmt, *ast.DeleteStmt:
		reads = differs(stmt, false)
	}
	if reads != "" {
		return fmt.Sprintf("it reads %s: each node does that by itself, and again when it restarts, so that they come to differ", reads), inGo
	}
	return "", ""
}

// Fault is what a schema does not keep the same on all nodes.
type Fault struct {
	Kind, Name string // of the object, as in CREATE TRIGGER name
	Why, Fix   string
}

// RqliteSchema finds what only several statements together say: a trigger, or a foreign
// key's action, that leaves a DEFAULT to each node.
func RqliteSchema(s *alter.Snapshot) (list []Fault) {
	views := clocked(s)
	var triggers []*ast.CreateTriggerStmt
	for _, o := range s.Objects {
		if trigger, ok := parsed(o.SQL).(*ast.CreateTriggerStmt); ok && o.Kind == "trigger" {
			triggers = append(triggers, trigger)
		}
	}
	replaced := replacing(triggers)
	for _, trigger := range triggers {
		name := trigger.Name.Name.Name
		fault := func(why string) {
			list = append(list, Fault{"trigger", name, fmt.Sprintf("trigger %s %s: each node does that by itself, and again when it restarts, so that they come to differ", name, why),
				"let the statement that fires it bring the value, in a column"})
		}
		if view := readsOne(trigger, views); view != "" {
			fault(fmt.Sprintf("reads the view %s, which reads %s", view, views[view]))
		}
		for _, stmt := range trigger.Body {
			for _, why := range leftToNodes(s.Schema, trigger, stmt, replaced[trigger]) {
				fault(why)
			}
		}
	}
	for _, t := range s.Schema.Tables {
		for _, fk := range t.ForeignKeys {
			if fk.OnDelete != "SET DEFAULT" && fk.OnUpdate != "SET DEFAULT" {
				continue
			}
			for _, from := range fk.From {
				i := slices.IndexFunc(t.Columns, func(c schema.Column) bool { return sqltext.EqualFold(c.Name, from) })
				if i < 0 {
					continue
				}
				if reads := defaultReads(&t.Columns[i]); reads != "" {
					list = append(list, Fault{"table", t.Name,
						fmt.Sprintf("a foreign key sets %s.%s to its default, which reads %s: each node does that by itself, so that they come to differ", t.Name, from, reads),
						"let it be SET NULL"})
				}
			}
		}
	}
	return list
}

// clocked are the views that read what differs from node to node, or that read such a
// view, with what that is. Names are folded.
func clocked(s *alter.Snapshot) map[string]string {
	found := map[string]string{}
	for more := true; more; {
		more = false
		for _, o := range s.Objects {
			view, ok := parsed(o.SQL).(*ast.CreateViewStmt)
			if name := sqltext.Fold(o.Name); ok && o.Kind == "view" && found[name] == "" {
				reads := differs(view, true)
				if other := readsOne(view, found); reads == "" && other != "" {
					reads = found[other]
				}
				if reads != "" {
					found[name], more = reads, true
				}
			}
		}
	}
	return found
}

// readsOne is the first of the views that a statement reads, "" if it reads none.
func readsOne(n ast.Node, views map[string]string) (name string) {
	ast.Walk(n, func(n ast.Node) bool {
		if ref, ok := n.(*ast.TableRef); ok && ref.Name != nil && views[sqltext.Fold(ref.Name.Name.Name)] != "" {
			name = sqltext.Fold(ref.Name.Name.Name)
		}
		return name == ""
	})
	return name
}

func defaultReads(c *schema.Column) string {
	if c.Default == "" {
		return ""
	}
	return differs(parsed("SELECT "+c.Default), true)
}

// parsed is the tree of a statement, nil where it cannot be parsed.
func parsed(sql string) ast.Stmt {
	stmt, _ := syntax.Parse(sql)
	return stmt
}

// random are the functions whose value no two nodes share.
var random = []string{"random", "randomblob", "total_changes"}

// times are the functions of times, by the place of the argument that is one. Without it
// they read the clock. See https://www.sqlite.org/lang_datefunc.html.
var times = map[string]int{"date": 0, "time": 0, "datetime": 0, "julianday": 0, "unixepoch": 0, "strftime": 1, "timediff": 0}

// differs returns what a part of a statement reads that is not the same on all nodes, ""
// if there is nothing: a random number, a node's time zone and, if clock says so, the
// clock.
func differs(n ast.Node, clock bool) (reads string) {
	if n == nil {
		return ""
	}
	ast.Walk(n, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.Literal:
			if clock && (x.Kind == ast.LitCurrentDate || x.Kind == ast.LitCurrentTime || x.Kind == ast.LitCurrentTimestamp) {
				reads = "the clock (" + strings.ToUpper(x.Raw) + ")"
			}
		case *ast.FuncCall:
			name := sqltext.Fold(x.Name.Name)
			at, timed := times[name]
			switch {
			case slices.Contains(random, name):
				reads = name + "()"
			case !timed:
			case zone(x.Args):
				reads = fmt.Sprintf("the time zone of the node (%s)", name)
			case clock && now(name, x.Args, at):
				reads = fmt.Sprintf("the clock (%s)", name)
			}
		}
		return reads == ""
	})
	return reads
}

// now reports whether a function reads the clock.
func now(name string, args []ast.Expr, at int) bool {
	if len(args) <= at {
		return true
	}
	clock := []string{"now", "subsec", "subsecond"}
	return text(args[at], clock) || name == "timediff" && len(args) > 1 && text(args[1], clock)
}

func zone(args []ast.Expr) bool {
	return slices.ContainsFunc(args, func(x ast.Expr) bool { return text(x, []string{"localtime", "utc"}) })
}

// text reports whether an expression is one of these strings, in any case of letters.
func text(x ast.Expr, list []string) bool {
	var value string
	if l, ok := x.(*ast.Literal); ok && l.Kind == ast.LitString {
		value = l.Value
	} else if c, ok := syntax.ColumnOf(x); ok && c.Quoted { // SQLite takes it for a string if it is not a column
		value = c.Name
	}
	return slices.Contains(list, sqltext.Fold(value))
}
