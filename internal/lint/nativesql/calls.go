package nativesql

import (
	"go/ast"
	"go/types"

	"github.com/dreysql/drey/internal/lint/dataflow"
	"github.com/dreysql/drey/internal/lint/policy"
)

// queryArg maps each function that takes SQL to the index of that argument.
var queryArg = map[string]int{
	"Exec": 0, "Query": 0, "QueryRow": 0, "Prepare": 0,
	"ExecContext": 1, "QueryContext": 1, "QueryRowContext": 1, "PrepareContext": 1,
}

// libraryArg maps the methods of libraries that take SQL at another index, by the
// import path that their packages are under.
var libraryArg = map[string]map[string]int{
	"github.com/jmoiron/sqlx": {
		"Get": 1, "Select": 1, "GetContext": 2, "SelectContext": 2,
		"NamedExec": 0, "NamedQuery": 0, "NamedExecContext": 1, "NamedQueryContext": 1,
		"Queryx": 0, "QueryRowx": 0, "MustExec": 0, "Preparex": 0, "PrepareNamed": 0,
		"QueryxContext": 1, "QueryRowxContext": 1, "MustExecContext": 1, "PreparexContext": 1, "PrepareNamedContext": 1,
	},
	"github.com/jackc/pgx":          {"Exec": 1, "Query": 1, "QueryRow": 1, "Prepare": 2, "Queue": 0},
	"github.com/ncruces/go-sqlite3": {"Exec": 0, "Prepare": 0, "PrepareFlags": 0},
	"zombiezen.com/go/sqlite":       {"Prepare": 0, "Prep": 0, "PrepareTransient": 0},
	"crawshaw.io/sqlite":            {"Prepare": 0, "Prep": 0, "PrepareTransient": 0},
}

// functionArg maps the functions of libraries that take SQL, as libraryArg does methods.
var functionArg = map[string]map[string]int{
	"github.com/jmoiron/sqlx": {
		"Get": 2, "Select": 2, "GetContext": 3, "SelectContext": 3,
		"NamedExec": 1, "NamedQuery": 1, "NamedExecContext": 2, "NamedQueryContext": 2,
		"MustExec": 1, "Preparex": 1, "MustExecContext": 2, "PreparexContext": 2,
	},
	"github.com/georgysavva/scany":    {"Get": 3, "Select": 3},
	"zombiezen.com/go/sqlite/sqlitex": {"Execute": 1, "ExecuteTransient": 1, "ExecuteScript": 1, "Exec": 1, "ExecTransient": 1, "ExecScript": 1},
	"crawshaw.io/sqlite/sqlitex":      {"Exec": 1, "ExecTransient": 1, "ExecScript": 1},
}

// results maps the types that database/sql returns to the methods that return them.
var results = map[string]string{"Rows": "Query", "Row": "QueryRow", "Result": "Exec", "Stmt": "Prepare"}

// called returns the function that is called, or nil, and how many arguments come before
// those of its parameters: the receiver. It looks into a variable only if the variable's
// type is one that takes SQL.
func called(info *types.Info, values *dataflow.Values, call *ast.CallExpr) (fn *types.Func, before int) {
	switch f := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		if _, declared := info.Uses[f].(*types.Func); !declared && !takesText(info.TypeOf(f)) {
			return nil, 0
		}
	case *ast.SelectorExpr:
		if _, declared := info.Uses[f.Sel].(*types.Func); !declared {
			return nil, 0
		}
	}
	obj, receiver := values.Called(call)
	if fn, _ = obj.(*types.Func); fn != nil && receiver {
		before = 1
	}
	return fn, before
}

// takesText reports whether a type is a function with a string or any parameter.
func takesText(t types.Type) bool {
	if t == nil {
		return false
	}
	sig, ok := t.Underlying().(*types.Signature)
	if !ok {
		return false
	}
	for i := range sig.Params().Len() {
		p := sig.Params().At(i).Type()
		if s, ok := p.(*types.Slice); ok {
			p = s.Elem()
		}
		if isText(p) || types.IsInterface(p) {
			return true
		}
	}
	return false
}

// takes finds the SQL among the arguments of a call.
func (c *checker) takes() bool {
	if c.fn == nil {
		return c.value()
	}
	sig := c.fn.Signature()
	if c.fn.Pkg() == nil {
		return false
	}
	c.method = c.fn.Name()
	if sig.Recv() == nil {
		for library, args := range functionArg {
			if arg, ok := args[c.method]; ok && policy.Under(c.fn.Pkg().Path(), library) && arg < len(c.call.Args) {
				c.arg = arg
				return true
			}
		}
		return false
	}
	if c.fn.FullName() == "(syscall/js.Value).Call" { // D1's prepare
		v := c.pass.TypesInfo.Types[c.call.Args[0]].Value
		c.arg = 1
		return v != nil && v.ExactString() == `"prepare"` && len(c.call.Args) == 2
	}
	arg, takes := queryArg[c.method]
	own := databaseSQL(sig.Results()) != ""
	for library, args := range libraryArg {
		if x, ok := args[c.method]; ok && (policy.Under(c.fn.Pkg().Path(), library) || fills(sig, x)) {
			arg, takes, own = x, true, true
		}
	}
	if !takes || !own || sig.Params().Len() <= arg || !isText(sig.Params().At(arg).Type()) {
		return false
	}
	c.arg = arg + c.before
	return c.arg < len(c.call.Args)
}

// fills reports whether a method has the signature of sqlx's Get and Select, with the SQL
// between the destination and the arguments, and an error for its result.
func fills(sig *types.Signature, arg int) bool {
	params := sig.Params()
	if arg < 1 || !sig.Variadic() || params.Len() != arg+2 || sig.Results().Len() != 1 || sig.Results().At(0).Type().String() != "error" {
		return false
	}
	rest, ok := params.At(arg + 1).Type().(*types.Slice)
	return ok && isAny(rest.Elem()) && isAny(params.At(arg-1).Type())
}

func isAny(t types.Type) bool {
	i, ok := t.Underlying().(*types.Interface)
	return ok && i.Empty()
}

// value finds the SQL in a call of a function value that has the type of a method
// of database/sql: a field, a parameter, an element.
func (c *checker) value() bool {
	if c.pass.TypesInfo.Types[c.call.Fun].IsType() {
		return false
	}
	t := c.pass.TypesInfo.TypeOf(c.call.Fun)
	if t == nil {
		return false
	}
	sig, ok := t.Underlying().(*types.Signature)
	if !ok {
		return false
	}
	c.method = results[databaseSQL(sig.Results())]
	if c.method == "" {
		return false
	}
	for i := range sig.Params().Len() {
		if !isText(sig.Params().At(i).Type()) {
			continue
		}
		if last := sig.Params().Len() - 1; i != last && !(i == last-1 && sig.Variadic()) || i >= len(c.call.Args) {
			return false
		}
		if _, ok := ast.Unparen(c.call.Fun).(*ast.FuncLit); ok || c.flow.Closed(c.flow.Object(c.call.Fun)) {
			return false // its body is looked at
		}
		c.arg = i
		return true
	}
	return false
}

// databaseSQL returns the name of database/sql's type that is the first result, or
// "".
func databaseSQL(results *types.Tuple) string {
	if results.Len() == 0 {
		return ""
	}
	t := results.At(0).Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return ""
	}
	switch named.Obj().Pkg().Path() {
	case "database/sql", "database/sql/driver":
		return named.Obj().Name()
	}
	return ""
}
