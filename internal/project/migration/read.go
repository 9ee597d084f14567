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

// open reads one file of a migrations folder. If a file has nothing to do with
// migrations, it returns neither a source nor a problem.
func open(root, name string) (*source, *diag.Problem) {
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
	if isGo {
		_, err := goose.NumericComponent(base)
		return nil, goMigration(name, content, err == nil)
	}
	if path.Ext(base) != ".sql" {
		return nil, &diag.Problem{File: name, Msg: fmt.Sprintf("goose and sqlc skip this file: its name ends in %s and not in .sql", path.Ext(base)),
			Fix: fmt.Sprintf("name it %s", strings.TrimSuffix(base, path.Ext(base))+".sql")}
	}
	return &source{path: name, content: content}, nil
}

// goose reads a file as goose does.
func (s *source) goose() (*File, *diag.Problem) {
	if problem := s.unreadable(Goose); problem != nil {
		return nil, problem
	}
	version, err := goose.NumericComponent(s.base())
	if err != nil {
		p := &diag.Problem{File: s.path, Err: err,
			Msg: "goose skips this file: its name does not begin with a version: a number from 1 up, and _",
			Fix: fmt.Sprintf("name it %s, with a version of its own", versioned(s.base()))}
		if s.shows.Format == nil {
			p.Fix += ", and make \"-- +goose Up\" its first line;\nor move it to where sqlc.yaml does not name it"
		}
		return nil, p
	}
	text, fault := scan(string(s.content))
	if fault != nil {
		return nil, &diag.Problem{File: s.path, Line: fault.line, Msg: fault.msg, Fix: fault.fix}
	}
	f := &File{Path: s.path, Content: s.content, Format: Goose, version: version, content: text}
	f.From, f.Recorded = converted(s.content)
	return f, nil
}

// unreadable finds what is not text to the tool or SQLite.
func (s *source) unreadable(f *Format) *diag.Problem {
	const utf8Mark = "\ufeff"
	marks := []string{"\xff\xfe", "\xfe\xff"}
	if f.marked {
		marks = append(marks, utf8Mark) // to SQLite it is a blank
	}
	for _, mark := range marks {
		if bytes.HasPrefix(s.content, []byte(mark)) {
			return &diag.Problem{File: s.path, Line: 1, Col: 1, Msg: fmt.Sprintf("the file begins with a byte order mark, which %s takes for SQL", f.reader()),
				Fix: "save the file as UTF-8 without a byte order mark"}
		}
	}
	if at := bytes.IndexByte(s.content, 0); at >= 0 {
		return &diag.Problem{File: s.path, Line: 1 + bytes.Count(s.content[:at], []byte("\n")),
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
