package policy

import (
	"go/ast"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
)

// otherNames matches names that speak of another database than SQLite.
var otherNames = regexp.MustCompile(`(?i)postgres|psql|pgx|pgsql|mysql|maria_?db|mssql|sql_?server|clickhouse|cockroach|oracle|` +
	`(^|_)pg(_|$)|(?-i:(^|[a-z0-9_])(PG|Pg)([A-Z_0-9]|$))|(?-i:^pg[A-Z])`)

// OtherName reports whether a name speaks of another database than SQLite.
func OtherName(name string) bool { return otherNames.MatchString(name) }

var sqliteNames = regexp.MustCompile(`(?i)sqlite`)

// OtherPlace reports whether code stands where only another database than SQLite is
// meant: in a file, function, method, variable or branch that is named after one, or
// in the branch where SQLite is excluded.
func OtherPlace(fset *token.FileSet, n ast.Node, parent func(ast.Node) ast.Node) bool {
	if OtherName(strings.TrimSuffix(filepath.Base(fset.Position(n.Pos()).Filename), ".go")) {
		return true
	}
	for child, p := n, parent(n); p != nil; child, p = p, parent(p) {
		switch p := p.(type) {
		case *ast.FuncDecl:
			if OtherName(p.Name.Name) || p.Recv != nil && mentions(p.Recv, otherNames) {
				return true
			}
		case *ast.ValueSpec:
			for _, name := range p.Names {
				if OtherName(name.Name) {
					return true
				}
			}
		case *ast.IfStmt:
			if child == p.Cond || child == p.Init {
				break
			}
			if excluding := excludes(p.Cond); child == p.Body && excluding || child == p.Else && !excluding && mentions(p.Cond, sqliteNames) ||
				child == p.Body && !excluding && mentions(p.Cond, otherNames) {
				return true
			}
		case *ast.CaseClause:
			for _, e := range p.List {
				if child != e && mentions(e, otherNames) {
					return true
				}
			}
		case *ast.BlockStmt:
			if after(p.List, child) {
				return true
			}
		}
	}
	return false
}

// after reports whether a statement can only be reached without SQLite, because the
// branch for SQLite before it returns.
func after(list []ast.Stmt, at ast.Node) bool {
	for _, s := range list {
		if s == at {
			return false
		}
		if branch, ok := s.(*ast.IfStmt); ok && mentions(branch.Cond, sqliteNames) && !excludes(branch.Cond) && len(branch.Body.List) > 0 {
			if _, returns := branch.Body.List[len(branch.Body.List)-1].(*ast.ReturnStmt); returns {
				return true
			}
		}
	}
	return false
}

// excludes reports whether a condition is that the database is not SQLite.
func excludes(cond ast.Expr) bool {
	switch e := ast.Unparen(cond).(type) {
	case *ast.BinaryExpr:
		return e.Op == token.NEQ && mentions(e, sqliteNames)
	case *ast.UnaryExpr:
		return e.Op == token.NOT && mentions(e, sqliteNames)
	}
	return false
}

// mentions reports whether a name or a text in an expression matches.
func mentions(n ast.Node, names *regexp.Regexp) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			found = found || names.MatchString(n.Name)
		case *ast.BasicLit:
			found = found || names.MatchString(strings.Trim(n.Value, "\"`"))
		}
		return !found
	})
	return found
}
