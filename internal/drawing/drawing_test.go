package drawing

import (
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dreysql/drey/internal/proof/chinook"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/alter"
)

var update = flag.Bool("update", false, "write the golden files")

// made is the schema that statements make in an empty database.
func made(tb testing.TB, statements string) *alter.Snapshot {
	tb.Helper()
	m, err := sqlite.NewMemory()
	if err != nil {
		tb.Fatal(err)
	}
	defer m.Close()
	db, err := m.Open(nil)
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statements); err != nil {
		tb.Fatal(err)
	}
	s, err := alter.Read(tb.Context(), db)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// chinookSQL are the statements of the database that nobody here designed.
func chinookSQL(tb testing.TB) string {
	tb.Helper()
	db, err := sqlite.OpenFile("file:" + chinook.File(tb))(nil)
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	s, err := alter.Read(tb.Context(), db)
	if err != nil {
		tb.Fatal(err)
	}
	var b strings.Builder
	for _, o := range s.Objects {
		b.WriteString(o.SQL + ";\n")
	}
	return b.String()
}

// read is the schema of statements, compared with that of others where there are any.
func read(tb testing.TB, now, old string) *Schema {
	tb.Helper()
	snapshot := made(tb, now)
	s := newSchema(snapshot.Schema, nil)
	s.Name = "migrations"
	if old != "" {
		s.compare(snapshot, made(tb, old), "main")
	}
	return s
}

// formats are what is written of schemas, by the end of the file's name.
func formats(tb testing.TB, schemas ...*Schema) map[string]string {
	tb.Helper()
	svg, err := SVG(tb.Context(), schemas)
	if err != nil {
		tb.Fatal(err)
	}
	return map[string]string{"mmd": string(Mermaid(schemas)), "md": string(Markdown(schemas)), "svg": string(svg)}
}

// TestGolden compares with what was looked at: the SQL is testdata/NAME.sql, and
// testdata/NAME.old.sql the older one.
func TestGolden(t *testing.T) {
	names, err := filepath.Glob("testdata/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(names, "testdata/chinook.sql") {
		name = strings.TrimSuffix(name, ".sql")
		if strings.HasSuffix(name, ".old") {
			continue
		}
		t.Run(filepath.Base(name), func(t *testing.T) {
			var now, old string
			if filepath.Base(name) == "chinook" {
				now = chinookSQL(t)
			} else {
				text, err := os.ReadFile(name + ".sql")
				if err != nil {
					t.Fatal(err)
				}
				now = string(text)
			}
			if text, err := os.ReadFile(name + ".old.sql"); err == nil {
				old = string(text)
			}
			again := formats(t, read(t, now, old))
			for end, got := range formats(t, read(t, now, old)) {
				if again[end] != got {
					t.Errorf("%s: the same schema has other bytes", end)
				}
				check(t, end, got)
				golden := name + "." + end
				if *update {
					if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(golden)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", golden, diff)
				}
			}
		})
	}
}

// elements are all that a picture is made of.
var elements = map[string]bool{"svg": true, "title": true, "style": true, "defs": true, "marker": true, "path": true, "circle": true, "rect": true, "g": true, "text": true}

// attributes are those of the elements that may hold a name of the schema: none of them.
var attributes = regexp.MustCompile(`^(xmlns|width|height|viewBox|role|id|markerWidth|markerHeight|refX|refY|markerUnits|orient|d|cx|cy|r|class|x|y|marker-start|marker-end)$`)

// The grammar of what is written in Mermaid, which is a part of Mermaid's own.
var mermaidLine = regexp.MustCompile(`^(erDiagram|    ([A-Za-z][A-Za-z0-9_]*)(\["[^"<>&\\` + "`" + `]*"\])?( \{)?|        [A-Za-z_(][A-Za-z0-9_()]* [A-Za-z_(][A-Za-z0-9_()]*( (PK|FK|UK)(, (FK|UK))*)?( "[^"<>&\\` + "`" + `]*")?|    \}|    [A-Za-z0-9_]+ (\|\||\|o)--(o\{|o\|) [A-Za-z0-9_]+ : "[^"<>&\\` + "`" + `]*")$`)

// check finds what a reader of a format would stumble over, or run.
func check(tb testing.TB, end, text string) {
	tb.Helper()
	switch end {
	case "svg":
		d := xml.NewDecoder(strings.NewReader(text))
		d.Strict = true
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				tb.Fatalf("the picture is not XML: %v\n%s", err, text)
			}
			e, ok := token.(xml.StartElement)
			if !ok {
				continue
			}
			if !elements[e.Name.Local] {
				tb.Errorf("the picture has an element %s", e.Name.Local)
			}
			for _, a := range e.Attr {
				if !attributes.MatchString(a.Name.Local) || strings.Contains(a.Value, "url(") && !regexp.MustCompile(`^url\(#[a-z]+\)$`).MatchString(a.Value) {
					tb.Errorf("the picture has an attribute %s=%q", a.Name.Local, a.Value)
				}
			}
		}
	case "mmd":
		for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
			if !mermaidLine.MatchString(line) {
				tb.Errorf("Mermaid does not take %q", line)
			}
		}
	case "md":
		if i := strings.Index(outsideOfCode(text), "<"); i >= 0 {
			tb.Errorf("the page has HTML: %q", outsideOfCode(text)[i:])
		}
	}
}

// outsideOfCode is Markdown without what stands between backquotes.
func outsideOfCode(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		for {
			at := strings.IndexByte(line, '`')
			if at < 0 {
				b.WriteString(line)
				break
			}
			if at > 0 && line[at-1] == '\\' {
				b.WriteString(line[:at+1])
				line = line[at+1:]
				continue
			}
			n := len(line[at:]) - len(strings.TrimLeft(line[at:], "`"))
			fence := line[at : at+n]
			b.WriteString(line[:at])
			rest := line[at+n:]
			for {
				next := strings.Index(rest, fence)
				if next < 0 {
					b.WriteString("<unclosed code>")
					rest = ""
					break
				}
				after := strings.TrimLeft(rest[next:], "`")
				if len(rest[next:])-len(after) == n {
					rest = after
					break
				}
				rest = after
			}
			line = rest
		}
	}
	return b.String()
}

// hostile are names that one of the formats has a use for, and the tables that have them.
func hostile() []string {
	return []string{
		"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "a\"b", "a'b", "a`b``c", "]]>", "<!--", "-->", "&amp;", "&#60;b&#62;", "#quot;", "#35;", "%%{init: {}}%%", "%% comment",
		"one", "Only", "to", "u", "o", "title", "end", "erDiagram", "PK", "fk", "classDef", "style", "table_1", "__proto__", "constructor", "two words", " lead", "trail ", "a|b", `a\b`, "a\\", "a{b}", "a[b]", "[x](javascript:alert(1))",
		"größe", "漢字", "عربي", "👩‍👩‍👧", "\u202eevil", "zero\u200bwidth", "line\nbreak", "tab\tbed", "\x01\x1f", "\xff\xfe", "\uffff", "$x$", "*bold*", "_under_", "~~~", "---", "1st", "-", ";", "", strings.Repeat("long ", 200), "x'); DROP TABLE y; --",
	}
}

// hostileSQL makes a table, a column and an index of each name.
func hostileSQL() string {
	var b strings.Builder
	quote := func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
	for i, name := range hostile() {
		if name == "" || strings.ContainsRune(name, 0) {
			name = fmt.Sprint("empty", i)
		}
		fmt.Fprintf(&b, "CREATE TABLE %[1]s (id INTEGER PRIMARY KEY, %[2]s TEXT DEFAULT %[1]s CHECK (%[2]s <> 'x') REFERENCES %[1]s (id), n INTEGER UNIQUE REFERENCES %[4]s (id), UNIQUE (id, %[2]s));\nCREATE INDEX %[3]s ON %[1]s (%[2]s);\n",
			quote(name), quote("_"+name), quote("i"+name), quote(hostile()[i/2]))
	}
	return b.String()
}

// TestHostile: whatever a name is, the formats stay what they are, and show it.
func TestHostile(t *testing.T) {
	s := read(t, hostileSQL(), "")
	for _, table := range s.Tables {
		table.Comment, table.Columns[0].Comment = table.Name, table.Name
		table.Queries = []Use{{Name: "Q", File: table.Name}}
	}
	s.Name = hostile()[0]
	for end, text := range formats(t, s, s) {
		check(t, end, text)
		if strings.Contains(text, "<script") && end != "md" {
			t.Errorf("%s has a script", end)
		}
	}
	if !strings.Contains(formats(t, s)["svg"], "&lt;script&gt;alert(1)&lt;/script&gt;") {
		t.Error("the picture does not show the name")
	}
}

func FuzzNames(f *testing.F) {
	for _, name := range hostile() {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		check(t, "svg", "<text>"+xmlText(name)+"</text>")
		check(t, "mmd", "    table_1[\""+mermaidText(name)+"\"]")
		check(t, "mmd", "        "+mermaidWord(name)+" "+mermaidWord(name))
		check(t, "md", markdownText(name)+" "+code(name)+"\n")
		if plainTable(name) {
			check(t, "mmd", "    "+name)
		}
		if short := shorten(visible(name), longest); int(cells(short)) > longest {
			t.Errorf("%q is %v wide", short, cells(short))
		}
	})
}

func TestTooLarge(t *testing.T) {
	var b strings.Builder
	b.WriteString("CREATE TABLE p (id INTEGER PRIMARY KEY);\n")
	for i := range mermaidLines + 1 {
		fmt.Fprintf(&b, "CREATE TABLE t%d (p INTEGER REFERENCES p);\n", i)
	}
	s := read(t, b.String(), "")
	if why := TooLarge(Mermaid([]*Schema{s})); !strings.Contains(why, "501 foreign keys") {
		t.Errorf("%q", why)
	}
	if why := TooLarge(Mermaid([]*Schema{read(t, chinookSQL(t), "")})); why != "" {
		t.Error(why)
	}
}

// TestMany: 200 tables, each of which refers to others.
func TestMany(t *testing.T) {
	tables := 200
	if testing.Short() {
		tables = 60
	}
	var b strings.Builder
	for i := range tables {
		fmt.Fprintf(&b, "CREATE TABLE t%d (id INTEGER PRIMARY KEY", i)
		for c := range 8 {
			fmt.Fprintf(&b, ", c%d TEXT", c)
		}
		if i > 0 {
			fmt.Fprintf(&b, ", a INTEGER NOT NULL REFERENCES t%d (id), b INTEGER REFERENCES t%d (id)", i*7%i, i*3/4)
		}
		b.WriteString(");\n")
	}
	s := read(t, b.String(), "")
	start := time.Now()
	l, err := place(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d tables in %v", tables, time.Since(start).Round(10*time.Millisecond))
	if n := 2 * (tables - 1); len(l.lines) != n {
		t.Errorf("%d lines of %d", len(l.lines), n)
	}
	for i, a := range l.boxes {
		if a.at.x < 0 || a.at.y < 0 || a.at.x+a.width > l.width || a.at.y+a.height > l.height {
			t.Errorf("%s is outside of the picture", a.table.Name)
		}
		for _, c := range l.boxes[:i] {
			if a.at.x < c.at.x+c.width-1 && c.at.x < a.at.x+a.width-1 && a.at.y < c.at.y+c.height-1 && c.at.y < a.at.y+a.height-1 {
				t.Errorf("%s is over %s", a.table.Name, c.table.Name)
			}
		}
	}
}
