package migration

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"

	"github.com/dreysql/drey/internal/diag"
)

// read reads one file of a migrations folder. If a file has nothing to do with
// migrations, it returns neither a file nor a problem.
func read(root, name string) (*File, *diag.Problem) {
	base := path.Base(name)
	isGo := path.Ext(base) == ".go" && !strings.HasSuffix(base, "_test.go")
	isSQL := strings.EqualFold(path.Ext(base), ".sql")
	if !isGo && !isSQL {
		return nil, nil
	}
	content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		return nil, &diag.Problem{File: name, Msg: "cannot read the migration: " + cause(err), Err: err}
	}
	version, err := goose.NumericComponent(base)
	if isGo {
		return nil, goMigration(name, content, err == nil)
	}
	why := "its name does not begin with a version: a number from 1 up, and _"
	if path.Ext(base) != ".sql" {
		why = fmt.Sprintf("its name ends in %s and not in .sql", path.Ext(base))
	}
	f := &File{Path: name, Content: content, version: version}
	if problem := f.unreadable(); problem != nil {
		return nil, problem
	}
	text, fault := scan(string(content))
	switch {
	case err != nil && !text.hasUp:
		return nil, &diag.Problem{File: name, Err: err,
			Msg: "drey takes the schema from goose migrations, and this file is none: its name has no version, and it has no line \"-- +goose Up\"",
			Fix: fmt.Sprintf("name it %s in a folder of migrations, and make \"-- +goose Up\" its first line", versioned(base))}
	case err != nil:
		return nil, &diag.Problem{File: name, Msg: "goose skips this file: " + why, Err: err,
			Fix: fmt.Sprintf("name it %s, with a version of its own", versioned(base))}
	case fault != nil:
		return nil, &diag.Problem{File: name, Line: fault.line, Msg: fault.msg, Fix: fault.fix}
	}
	f.content = text
	return f, nil
}

// unreadable finds what is not text to goose or SQLite.
func (f *File) unreadable() *diag.Problem {
	for _, mark := range []string{"\ufeff", "\xff\xfe", "\xfe\xff"} {
		if bytes.HasPrefix(f.Content, []byte(mark)) {
			return &diag.Problem{File: f.Path, Line: 1, Col: 1, Msg: "the file begins with a byte order mark, which goose takes for SQL",
				Fix: "save the file as UTF-8 without a byte order mark"}
		}
	}
	if at := bytes.IndexByte(f.Content, 0); at >= 0 {
		return &diag.Problem{File: f.Path, Line: 1 + bytes.Count(f.Content[:at], []byte("\n")),
			Msg: "there is a NUL byte: SQLite ignores the rest of the statement without a word",
			Fix: "delete it; write it as char(0) or x'00' where a value needs one"}
	}
	return nil
}

var nameParts = regexp.MustCompile(`^[vV]?0*(\d*)[-_. ]*(.*?)\.[a-zA-Z]+$`)

// versioned is a name that goose takes.
func versioned(base string) string {
	version, rest := "1", "init"
	if parts := nameParts.FindStringSubmatch(base); parts != nil {
		if _, err := strconv.ParseInt(parts[1], 10, 64); err == nil {
			version = parts[1]
		}
		if parts[2] != "" {
			rest = parts[2]
		}
	}
	return fmt.Sprintf("%05s_%s.sql", version, rest)
}

// goMigration finds a migration written in Go: a file that goose takes for one
// by its name, or one that registers any.
func goMigration(name string, content []byte, numbered bool) *diag.Problem {
	p := &diag.Problem{File: name,
		Msg: "this is a Go migration: what it does to the schema cannot be known without running it",
		Fix: "write the change of the schema as an SQL migration of the same version, and move data in Go from the service or a command\n" +
			"of its own; a database that has the version already is not migrated again",
	}
	fset := token.NewFileSet()
	// A file that does not parse is for the Go compiler to complain about.
	file, _ := parser.ParseFile(fset, name, content, parser.SkipObjectResolution)
	if file != nil {
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && p.Line == 0 && registers(call.Fun) {
				p.Line = fset.Position(call.Pos()).Line
			}
			return true
		})
	}
	if !numbered && p.Line == 0 {
		return nil
	}
	return p
}

// registers reports whether a function is one of goose.AddMigration,
// AddNamedMigration, their Context and NoTx forms, and NewGoMigration.
func registers(fun ast.Expr) bool {
	sel, ok := fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	pkg, ok := sel.X.(*ast.Ident)
	return ok && pkg.Name == "goose" && (sel.Sel.Name == "NewGoMigration" ||
		strings.HasPrefix(sel.Sel.Name, "Add") && strings.Contains(sel.Sel.Name, "Migration"))
}
