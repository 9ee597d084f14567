package emit

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/dreysql/drey/internal/migration"
)

// Migrations is the file that embeds the migrations, in the statements that
// goose sent to SQLite.
func Migrations(pkgName, buildTags string, migrations []migration.Migration, name func(string) string) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(header)
	b.WriteString(buildConstraint(buildTags, embeddedOnly))
	fmt.Fprintf(&b, "package %s\n\n", pkgName)
	fmt.Fprintf(&b, "// migrations is what [%s] applies, oldest first.\n", name("Migrate"))
	fmt.Fprintf(&b, "var %s = []%s{\n", name("migrations"), name("migration"))
	for _, m := range migrations {
		fmt.Fprintf(&b, "\t{version: %d, name: %q, ", m.Version, m.Name)
		if m.NoTx {
			b.WriteString("noTx: true, ")
		}
		b.WriteString("up: []string{\n")
		for _, s := range m.Up {
			fmt.Fprintf(&b, "%s,\n", literal(s.SQL))
		}
		b.WriteString("}},\n")
	}
	b.WriteString("}\n")
	return source(b.Bytes())
}

// migrationNames is what is embedded of the migrations where wrangler applies
// them: the names of their files.
func migrationNames(migrations []migration.Migration, name func(string) string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "\n// migrationNames are the migrations that [%s] wants, oldest first.\n", name("CheckD1"))
	fmt.Fprintf(&b, "var %s = []string{\n", name("migrationNames"))
	for _, m := range migrations {
		fmt.Fprintf(&b, "\t%q,\n", m.Name)
	}
	b.WriteString("}\n")
	return b.Bytes()
}

// literal is the text as a Go string literal, a raw one where that can be.
func literal(text string) string {
	if strings.ContainsAny(text, "`\r\x00\ufeff") || !strconv.CanBackquote(strings.NewReplacer("\n", "", "\t", "").Replace(text)) {
		return strconv.Quote(text)
	}
	return "`" + text + "`"
}
