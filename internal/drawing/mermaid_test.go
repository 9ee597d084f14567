package drawing

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// parsed is what Mermaid reads in a diagram.
type parsed struct {
	Tables []struct {
		ID, Name string
		Columns  []struct {
			Type, Name, Note string
			Keys             []string
		}
	}
	References []struct {
		Parent, Child, Label string
		CardA, CardB         string
	}
}

// mermaid has Mermaid's own parser read texts. It needs Node and what "npm ci" puts into
// testdata/mermaid: without them it skips the test, or fails it if the environment has
// MERMAID=required.
func mermaid(t *testing.T, texts ...string) []parsed {
	t.Helper()
	if testing.Short() {
		t.Skip("Mermaid takes long")
	}
	if _, err := os.Stat("testdata/mermaid/node_modules"); err != nil {
		if os.Getenv("MERMAID") == "required" {
			t.Fatal("run npm ci in internal/drawing/testdata/mermaid")
		}
		t.Skip("run npm ci in internal/drawing/testdata/mermaid to have Mermaid's parser")
	}
	dir := t.TempDir()
	args := []string{"testdata/mermaid/parse.js"}
	for i, text := range texts {
		name := filepath.Join(dir, fmt.Sprint(i))
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, name)
	}
	var said bytes.Buffer
	c := exec.CommandContext(t.Context(), "node", args...)
	c.Stderr = &said
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, said.String())
	}
	var list []parsed
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var p parsed
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	if len(list) != len(texts) {
		t.Fatalf("%d of %d diagrams: %s", len(list), len(texts), out)
	}
	return list
}

// TestMermaidParser: Mermaid reads what was meant, whatever the names are.
func TestMermaidParser(t *testing.T) {
	var schemas []*Schema
	for _, name := range []string{"shapes", "empty", "changed"} {
		now, err := os.ReadFile("testdata/" + name + ".sql")
		if err != nil {
			t.Fatal(err)
		}
		old, _ := os.ReadFile("testdata/" + name + ".old.sql") // not all have one
		schemas = append(schemas, read(t, string(now), string(old)))
	}
	schemas = append(schemas, read(t, chinookSQL(t), ""), read(t, hostileSQL(), ""))
	var texts []string
	for _, s := range schemas {
		texts = append(texts, string(Mermaid([]*Schema{s})))
	}
	for i, got := range mermaid(t, texts...) {
		var want, read []string
		ids := map[string]string{}
		for _, table := range got.Tables {
			ids[table.ID] = table.Name
			read = append(read, "table "+table.Name)
			for _, c := range table.Columns {
				read = append(read, fmt.Sprintf("%s %s %q %q", c.Type, c.Name, c.Keys, c.Note))
			}
		}
		for _, r := range got.References {
			read = append(read, fmt.Sprintf("%s to %s by %s: %s %s", ids[r.Child], ids[r.Parent], r.Label, r.CardA, r.CardB))
		}
		for _, table := range schemas[i].Tables {
			want = append(want, "table "+visible(table.title()))
			for _, c := range table.Columns {
				keys, note := []string{}, []string{}
				if c.Primary {
					keys = append(keys, "PK")
				}
				if c.Foreign {
					keys = append(keys, "FK")
				}
				if c.Unique {
					keys = append(keys, "UK")
				}
				for _, text := range []string{marks[c.Mark], map[bool]string{true: c.Name}[mermaidWord(c.Name) != c.Name], map[bool]string{true: "NULL"}[table.null(c) == "NULL"]} {
					if text != "" {
						note = append(note, text)
					}
				}
				typ := c.Type
				if typ == "" {
					typ = "ANY"
				}
				want = append(want, fmt.Sprintf("%s %s %q %q", mermaidWord(typ), mermaidWord(c.Name), keys, visible(strings.Join(note, " "))))
			}
		}
		for _, table := range schemas[i].Tables {
			for _, r := range table.Refers {
				child, parent := "ZERO_OR_MORE", "ONLY_ONE"
				if r.One {
					child = "ZERO_OR_ONE"
				}
				if r.Optional {
					parent = "ZERO_OR_ONE"
				}
				want = append(want, fmt.Sprintf("%s to %s by %s: %s %s", visible(r.Child.title()), visible(r.Parent.title()), visible(r.label()), child, parent))
			}
		}
		if diff := cmp.Diff(want, read); diff != "" {
			t.Errorf("(-want +got):\n%s\n%s", diff, texts[i])
		}
	}
}
