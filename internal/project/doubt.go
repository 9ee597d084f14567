package project

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Doubt is what is not known of a schema, because migrations fail. The other
// migrations are applied without them, so that what has nothing to do with the
// failure is looked at in the same run.
type Doubt struct {
	all   bool            // nothing is known
	names map[string]bool // of tables and views, folded
}

// Is reports whether a statement reads or changes what is not known.
func (d *Doubt) Is(sql string) bool {
	if d.all {
		return true
	}
	for t := range sqltext.All(sql) {
		if t.Ident() && d.names[sqltext.Fold(t.Name())] {
			return true
		}
	}
	return false
}

// Any reports whether anything is not known.
func (d *Doubt) Any() bool { return d.all || len(d.names) > 0 }

func (d *Doubt) add(name string) {
	if d.names == nil {
		d.names = map[string]bool{}
	}
	d.names[sqltext.Fold(name)] = true
}

// file adds the tables and views that a migration would have created or changed:
// the names after the words that they follow in such statements.
func (d *Doubt) file(content []byte) {
	tokens := sqltext.Significant(string(content))
	for i := range tokens {
		if !slices.ContainsFunc(nameFollows, tokens[i].Is) {
			continue
		}
		rest := tokens[i+1:]
		if tokens[i].Is("INDEX") {
			on := slices.IndexFunc(rest, func(t sqltext.Token) bool { return t.Is("ON") || t.Is(";") })
			if on < 0 || rest[on].Is(";") {
				continue
			}
			rest = rest[on+1:]
		}
		for len(rest) > 0 && (rest[0].Is("IF") || rest[0].Is("NOT") || rest[0].Is("EXISTS")) {
			rest = rest[1:]
		}
		if len(rest) > 2 && rest[1].Is(".") {
			rest = rest[2:]
		}
		if len(rest) > 0 && rest[0].Ident() {
			d.add(rest[0].Name())
		}
	}
}

var nameFollows = []string{"TABLE", "VIEW", "INDEX", "TO"}

// views adds the views that read what is not known.
func (d *Doubt) views(s *schema.Schema) {
	for more := true; more; {
		more = false
		for _, t := range s.Tables {
			if t.Kind == schema.KindView && !d.names[sqltext.Fold(t.Name)] && d.Is(t.SQL) {
				d.add(t.Name)
				more = true
			}
		}
	}
}

// sound are the files that can be applied, of those that [migration.Load] has
// read; what is in the others becomes doubtful.
func (d *Doubt) sound(root string, files []migration.File, problems diag.Problems) []migration.File {
	versions := map[int64]int{}
	loaded := map[string]bool{}
	for _, f := range files {
		versions[f.Version()]++
		loaded[f.Path] = versions[f.Version()] == 1
	}
	for _, p := range problems {
		if loaded[p.File] {
			continue
		}
		if content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(p.File))); err != nil || filepath.Ext(p.File) != ".sql" {
			d.all = true
		} else {
			d.file(content)
		}
	}
	return slices.DeleteFunc(files, func(f migration.File) bool { return !loaded[f.Path] })
}
