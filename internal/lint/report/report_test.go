package report

import (
	"bytes"
	"context"
	"crypto/sha256"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

var odd = []Report{
	{Analyzer: "nativesql", File: "app/a b,c:d%.go", Line: 3, Column: 7, Message: "100 % wrong:\nline two, with → and \"quotes\""},
	{Analyzer: "handedit", File: "../db/ü#1?.go", Line: 1, Column: 1, Message: "<edited>"},
}

// SARIF is judged by its own schema, from
// https://github.com/oasis-tcs/sarif-spec/blob/main/sarif-2.1/schema.
func TestSARIF(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("testdata/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	rules := []Rule{{"nativesql", "find raw SQL"}, {"handedit", "find edits"}}
	for name, reports := range map[string][]Report{"none": nil, "odd": odd} {
		var b bytes.Buffer
		if err := Write(&b, "sarif", reports, rules, "v1.0.0"); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		value, err := jsonschema.UnmarshalJSON(&b)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
		if name == "odd" && (!strings.Contains(text, `"uri": "app/a%20b,c:d%25.go"`) || !strings.Contains(text, `"ruleIndex": 1`)) {
			t.Errorf("not as it should be:\n%s", text)
		}
	}
	// The schema does refuse something.
	wrong, err := jsonschema.UnmarshalJSON(strings.NewReader(`{"version": "2.1.0", "runs": [{"tool": {}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if schema.Validate(wrong) == nil {
		t.Error("the schema takes a tool without a driver")
	}
}

func TestGitHub(t *testing.T) {
	var b bytes.Buffer
	if err := Write(&b, "github", odd, nil, ""); err != nil {
		t.Fatal(err)
	}
	want := "::error file=app/a b%2Cc%3Ad%25.go,line=3,col=7,title=drey nativesql::100 %25 wrong:%0Aline two, with → and \"quotes\"\n" +
		"::error file=../db/ü#1?.go,line=1,col=1,title=drey handedit::<edited>\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestApply(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a.go"), filepath.Join(dir, "b.go")
	text := "package a\n\nvar x = 1\nvar y = 2\n"
	for _, file := range []string{a, b} {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	at := func(file, old, new string) Report {
		i := strings.Index(text, old)
		return Report{Fix: []Edit{{file, sha256.Sum256([]byte(text)), i, i + len(old), new}}}
	}
	n, err := Apply(context.Background(), []Report{
		at(a, "1", "(1)"), at(a, "x = 1", "lost"), at(a, "2", "3"), {Message: "no fix"}, at(b, "2", "4"),
	})
	if err != nil || n != 3 {
		t.Errorf("%d fixes, %v", n, err)
	}
	for file, want := range map[string]string{a: "package a\n\nvar x = (1)\nvar y = 3\n", b: "package a\n\nvar x = 1\nvar y = 4\n"} {
		got, err := os.ReadFile(file)
		if err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", file, got, err)
		}
	}
	// Two that add the same import add it once.
	both := func(old, new string) Report {
		r := at(b, old, new)
		r.Fix = append([]Edit{{b, sha256.Sum256([]byte(text)), 9, 9, "\n\nimport \"z\"\n"}}, r.Fix...)
		return r
	}
	text = "package a\n\nvar x = 1\nvar y = 4\n"
	if n, err := Apply(context.Background(), []Report{both("x = 1", "x = z.X"), both("4", "z.Y")}); err != nil || n != 2 {
		t.Errorf("%d fixes, %v", n, err)
	}
	want := "package a\n\nimport \"z\"\n\nvar x = z.X\nvar y = z.Y\n"
	if got, err := os.ReadFile(b); err != nil || string(got) != want {
		t.Errorf("%q, %v", got, err)
	}
	// What would not compile, or is not there, changes no file at all.
	sums := map[string][sha256.Size]byte{}
	for _, file := range []string{a, b} {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sums[file] = sha256.Sum256(content)
	}
	for _, r := range []Report{
		{Fix: []Edit{{b, sums[b], 0, 7, "x"}}}, {Fix: []Edit{{b, sums[b], 900, 901, ""}}}, {Fix: []Edit{{filepath.Join(dir, "none.go"), sums[b], 0, 0, ""}}},
		{Fix: []Edit{{b, sums[a], 0, 0, "// of another text\n"}}},
	} {
		if _, err := Apply(context.Background(), []Report{{Fix: []Edit{{a, sums[a], 0, 0, "// more\n"}}}, r}); err == nil {
			t.Errorf("%v is applied", r.Fix)
		}
		got, err := os.ReadFile(a)
		if err != nil || strings.Contains(string(got), "more") {
			t.Errorf("the other file has changed: %q, %v", got, err)
		}
	}
}
