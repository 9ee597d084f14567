// Package syntax reads SQL as trees of [github.com/sqlc-dev/meyer/ast], whose
// parser follows SQLite's own grammar. It knows the clauses of a statement and the
// expressions in them.
//
// The trees say what a statement means to SQLite, so [Parse] makes them plainer
// than the parser does: without [ast.ParenExpr], with one form of IS NULL, and with
// one kind of node for references to columns. Their spans stay those of the text.
package syntax

import (
	"reflect"
	"strings"

	"github.com/sqlc-dev/meyer/ast"
	"github.com/sqlc-dev/meyer/parser"
)

// Parse parses one statement, with or without its final semicolon. It accepts what
// SQLite's parser accepts, and calls of sqlc's macros, which have a schema before
// their name. SQLite accepts one thing that Parse does not: an ESCAPE after LIKE
// NOT x NOT NULL. The error is a [*parser.Error] with SQLite's own message.
//
// In the tree
//   - the expression inside replaces each [ast.ParenExpr]. Its span does not
//     include the parentheses; that of an operator next to them does;
//   - every reference to a column is an [ast.QualifiedRef] of one to three parts,
//     also TRUE and FALSE, which are columns to SQLite if such columns exist: see
//     [Bool]. An [ast.Ident] is a name of something else;
//   - x IS NULL and x IS NOT NULL are [ast.NullCheckExpr], however they are written.
func Parse(sql string) (ast.Stmt, error) {
	if nul := strings.IndexByte(sql, 0); nul >= 0 { // SQLite ends the text there, in silence
		return nil, &parser.Error{Message: `unrecognized token: "\x00"`, Offset: nul, SQL: sql}
	}
	text := maskMacros(sql)
	for {
		stmt, err := parser.ParseStatement(text)
		if err != nil {
			return nil, err
		}
		s := simplifier{sql: sql}
		s.value(reflect.ValueOf(stmt))
		if s.notNull == nil {
			return stmt, nil
		}
		text = maskNotNull(text, s.notNull)
	}
}

// Span returns the byte offsets of a node's text.
func Span(n ast.Node) (start, end int) { return n.Pos(), n.End() }
