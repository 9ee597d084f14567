package emit

import (
	"bytes"
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// migrations returns the file that embeds the migrations, in the statements that
// goose sent to SQLite.
func (p *plan) migrations() ([]byte, error) {
	var b bytes.Buffer
	if f := p.in.Format; f != nil && f.Foreign() {
		p.writeKept(&b, f)
	} else {
		variable := p.name("migrations")
		fmt.Fprintf(&b, "\n// %s is what [%s] applies, oldest first.\n", variable, p.name("Migrate"))
		fmt.Fprintf(&b, "var %s = []%s.Migration{\n", variable, p.packages["sqlite"])
		p.writeMigrations(&b)
		b.WriteString("}\n")
	}
	return p.file(embeddedOnly, "This file has the migrations.", b.String(), nil)
}

// folder is where the migrations are.
func (p *plan) folder() string {
	if len(p.in.Migrations) == 0 {
		return "."
	}
	return path.Dir(p.in.Migrations[0].Path)
}

// writeKept writes the schema that another tool keeps.
func (p *plan) writeKept(b *bytes.Buffer, f *migration.Format) {
	sqlite, variable := p.packages["sqlite"], p.name("kept")
	if f.Table == "" {
		fmt.Fprintf(b, "\n// %s is the schema.\nvar %s = &%s.Kept{\n", variable, variable, sqlite)
	} else {
		fmt.Fprintf(b, "\n// %s is the schema that %s keeps.\nvar %s = &%s.Kept{\n", variable, f.Name, variable, sqlite)
		fmt.Fprintf(b, "Tool: %q, Command: %q,\nTable: %q, Versions: %q, Last: %t,\n", f.Name, f.Command("up", p.folder()), f.Table, f.Versions, f.Last)
	}
	fmt.Fprintf(b, "Migrations: []%s.Migration{\n", sqlite)
	p.writeMigrations(b)
	fmt.Fprintf(b, "},\nObjects: []%s.Object{\n", sqlite)
	for _, t := range p.in.Schema.Tables {
		fmt.Fprintf(b, "{Name: %q, Columns: []string{", t.Name)
		for i, c := range t.Columns {
			if i > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(b, "%q", c.Name)
		}
		b.WriteString("}},\n")
	}
	b.WriteString("},\n}\n")
}

func (p *plan) writeMigrations(b *bytes.Buffer) {
	for _, m := range p.in.Migrations {
		fmt.Fprintf(b, "\t{Version: %d, Name: %q, ", m.Version, m.Name)
		if m.Recorded != "" && p.in.Format.Foreign() && p.in.Format.Table != "" {
			fmt.Fprintf(b, "Recorded: %q, ", m.Recorded)
		}
		var up []string
		for _, s := range m.Up {
			up = append(up, s.SQL)
		}
		if m.NoTx {
			before, body, after, ok := ownTransaction(up)
			if !ok {
				b.WriteString("NoTx: true, ")
			} else {
				up = body
				writeTexts(b, "Before", before)
				writeTexts(b, "After", after)
			}
		}
		writeTexts(b, "Up", up)
		b.WriteString("},\n")
	}
}

func writeTexts(b *bytes.Buffer, field string, texts []string) {
	if len(texts) == 0 {
		return
	}
	fmt.Fprintf(b, "%s: []string{\n", field)
	for _, text := range texts {
		fmt.Fprintf(b, "%s,\n", literal(text))
	}
	b.WriteString("}, ")
}

// ownTransaction splits a migration with NO TRANSACTION that has a transaction of
// its own around everything but some PRAGMAs, as the rebuild of a table needs. So
// Migrate can record the version in the same transaction.
func ownTransaction(up []string) (before, body, after []string, ok bool) {
	const (
		ahead = iota
		inside
		behind
	)
	at := ahead
	for _, text := range up {
		for _, s := range sqltext.Split(text) {
			switch word := strings.ToUpper(sqltext.Significant(s.Text)[0].Text); {
			case at == ahead && word == "BEGIN":
				at = inside
			case at == inside && (word == "COMMIT" || word == "END"):
				at = behind
			case at == inside && !transactional[word]:
				body = append(body, s.Text)
			case at == ahead && word == "PRAGMA":
				before = append(before, s.Text)
			case at == behind && word == "PRAGMA":
				after = append(after, s.Text)
			default:
				return nil, nil, nil, false
			}
		}
	}
	return before, body, after, at == behind && len(body) > 0
}

// transactional are the words that begin statements which control a transaction, or
// cannot be in one.
var transactional = map[string]bool{
	"BEGIN": true, "COMMIT": true, "END": true, "ROLLBACK": true, "SAVEPOINT": true, "RELEASE": true,
	"VACUUM": true, "ATTACH": true, "DETACH": true,
}

// migrationNames returns what is embedded of the migrations if a tool applies them: the
// names of their files, which the function wants.
func (p *plan) migrationNames(wants string) string {
	var b strings.Builder
	name := p.name("migrationNames")
	fmt.Fprintf(&b, "\n// %s are the migrations that [%s] wants, oldest first.\n", name, p.name(wants))
	fmt.Fprintf(&b, "var %s = []string{\n", name)
	for _, m := range p.in.Migrations {
		fmt.Fprintf(&b, "\t%q,\n", m.Name)
	}
	b.WriteString("}\n")
	return b.String()
}

// literal returns the text as a Go string literal, a raw one if possible.
func literal(text string) string {
	if strings.ContainsAny(text, "`\r\x00\ufeff") || !strconv.CanBackquote(strings.NewReplacer("\n", "", "\t", "").Replace(text)) {
		return strconv.Quote(text)
	}
	return "`" + text + "`"
}
