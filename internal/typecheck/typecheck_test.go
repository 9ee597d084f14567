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
			err := typecheck.Check(context.Background(), nil, map[string][]byte{"a.go": []byte(head + test.code + "\n")})
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
	err := typecheck.Check(context.Background(), nil, map[string][]byte{
		"b.go": []byte("package db\n\nvar B = A\n"),
		"a.go": []byte("package db\n\nvar A int\n"),
	})
	if err != nil {
		t.Error(err)
	}
}

// A layer sees those below it, whose bodies were checked with their own layer.
func TestCheckLayers(t *testing.T) {
	const below = "package db\n\nimport \"strings\"\n\ntype A int\n\nfunc (a A) Upper() string { return strings.ToUpper(\"a\") }\n"
	for _, test := range []struct{ name, below, above, want string }{
		{"right", below, "package db\n\nvar B = A(1).Upper()\n", ""},
		{"a type that is written by hand", "package db\n\ntype A struct{ M *Money }\n", "package db\n\nvar B = A{}.M\n", ""},
		{"a type that nobody has written", "package db\n\ntype A struct{ M *Monet }\n", "package db\n", "a.go:3:19: undefined: Monet"},
		{"a body below", below + "func f() int { return \"\" }\n", "package db\n", "a.go:8:23: cannot use \"\""},
		{"a body above", below, "package db\n\nfunc f() int { return A(1).Upper() }\n", "b.go:3:23: cannot use A(1).Upper()"},
		{"a name in both", below, "package db\n\ntype A int\n", "b.go:3:6: A redeclared"},
		{"a name of an import below", below, "package db\n\nconst strings = 1\n", "strings already declared"},
		{"an import that is not used", strings.Replace(below, "strings.ToUpper(\"a\")", "\"\"", 1), "package db\n", "a.go:3:8: \"strings\" imported and not used"},
		{"a function above, in a body below", "package db\n\nfunc f() { g().h() }\n", "package db\n\nfunc g() int { f(); return 0 }\n", ""},
		{"what is above is unknown below", "package db\n\nvar A = B\n", "package db\n\nvar B int\n", "a.go:3:9: undefined: B"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := typecheck.Check(t.Context(), []string{"Money"},
				map[string][]byte{"a.go": []byte(test.below)}, map[string][]byte{"b.go": []byte(test.above)})
			switch {
			case test.want == "" && err != nil:
				t.Errorf("got %v", err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// Without a go command the standard library is taken on trust.
func TestCheckWithoutGo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	const head = "package db\n\nimport \"database/sql\"\n\n"
	for code, want := range map[string]string{
		"var _ = []sql.NamedArg{{Name: \"a\"}}":      "",
		"var _ = map[string]*sql.NullBool{\"\": {}}": "",
		"var err string = sql.ErrNoRows":             "",
		"type T sql.NullTime\nvar _ = T{}.Time":      "",
		"var _ sql.NullBool\nvar a, a int":           "a.go:6:8: a redeclared",
	} {
		err := typecheck.Check(t.Context(), nil, map[string][]byte{"a.go": []byte(head + code)})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", code, err, want)
		}
	}
}
