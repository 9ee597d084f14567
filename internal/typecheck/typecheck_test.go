package typecheck_test

import (
	"context"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/typecheck"
)

func TestCheck(t *testing.T) {
	const head = "package db\n\nimport (\n\t\"database/sql\"\n\t\"example.com/elsewhere\"\n)\n\n"
	for _, test := range []struct{ name, code, want string }{
		{"right", "var err error = sql.ErrNoRows\nvar _ elsewhere.Type", ""},
		{"what is not loaded is taken on trust", "var _ = elsewhere.New(1, true).Field\nvar _ sql.NullBool", ""},
		{"the standard library is known", "var err string = sql.ErrNoRows\nvar _ elsewhere.Type", "a.go:8:18: cannot use sql.ErrNoRows"},
		{"a name twice", "type Link struct{}\ntype Link struct{}\nvar _ sql.NullBool\nvar _ elsewhere.Type", "a.go:9:6: Link redeclared"},
		{"a name of an import", "const sql = 1\nvar _ elsewhere.Type", "sql already declared"},
		{"no Go", "func {", "a.go:8:6: expected 'IDENT'"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := typecheck.Check(context.Background(), map[string][]byte{"a.go": []byte(head + test.code + "\n")})
			switch {
			case test.want == "" && err != nil:
				t.Errorf("got %v", err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// Files are one package, whatever their order.
func TestCheckPackage(t *testing.T) {
	err := typecheck.Check(context.Background(), map[string][]byte{
		"b.go": []byte("package db\n\nvar B = A\n"),
		"a.go": []byte("package db\n\nvar A int\n"),
	})
	if err != nil {
		t.Error(err)
	}
}
