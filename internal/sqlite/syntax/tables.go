package syntax

import "github.com/sqlc-dev/meyer/ast"

// Objects calls f for each name of a table, view, index, trigger or common table
// expression that a statement reads, writes, creates or drops, also in its
// subqueries and in the body of a trigger.
func Objects(stmt ast.Stmt, f func(*ast.QualifiedName)) {
	ast.Walk(stmt, func(n ast.Node) bool {
		if name, ok := n.(*ast.QualifiedName); ok {
			f(name)
		}
		return true
	})
}

// Created returns the kind of object that a CREATE statement creates, in SQL's word
// for it, and its name; nil for any other statement.
func Created(stmt ast.Stmt) (kind string, name *ast.QualifiedName) {
	switch s := stmt.(type) {
	case *ast.CreateTableStmt:
		return "TABLE", s.Name
	case *ast.CreateVirtualTableStmt:
		return "TABLE", s.Name
	case *ast.CreateViewStmt:
		return "VIEW", s.Name
	case *ast.CreateIndexStmt:
		return "INDEX", s.Name
	case *ast.CreateTriggerStmt:
		return "TRIGGER", s.Name
	}
	return "", nil
}

// Dropped is Created for a DROP statement.
func Dropped(stmt ast.Stmt) (kind string, name *ast.QualifiedName) {
	switch s := stmt.(type) {
	case *ast.DropTableStmt:
		return "TABLE", s.Name
	case *ast.DropViewStmt:
		return "VIEW", s.Name
	case *ast.DropIndexStmt:
		return "INDEX", s.Name
	case *ast.DropTriggerStmt:
		return "TRIGGER", s.Name
	}
	return "", nil
}

// Target returns the table whose rows a statement writes, nil for one that is not an
// INSERT, UPDATE or DELETE.
func Target(stmt ast.Stmt) *ast.QualifiedName {
	switch s := stmt.(type) {
	case *ast.InsertStmt:
		return s.Table
	case *ast.UpdateStmt:
		return s.Table
	case *ast.DeleteStmt:
		return s.Table
	}
	return nil
}
