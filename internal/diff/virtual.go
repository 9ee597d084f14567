package diff

import (
	"fmt"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// replaceVirtual makes a virtual table anew. What is in one that keeps its own
// content is copied; one that indexes another table reads that again.
func (p *planner) replaceVirtual(before, t *schema.Table, w *Object) error {
	var columns []string
	for _, c := range t.Columns {
		if old := before.Column(p.columnBefore(before, c.Name)); old != nil && old.Name == c.Name {
			columns = append(columns, sqltext.Quote(c.Name))
		}
	}
	content := hasWord(w.SQL, "content") || hasWord(before.SQL, "content")
	if content || len(columns) == 0 {
		// @schema-change a statement of the migration that is being written, tried in memory
		if err := p.exec("DROP TABLE " + sqltext.Quote(t.Name)); err != nil {
			return err
		}
		if err := p.exec(w.SQL); err != nil || !hasWord(w.SQL, "fts5") || !content {
			return err
		}
		return p.exec(fmt.Sprintf("INSERT INTO %s (%s) VALUES ('rebuild')", sqltext.Quote(t.Name), sqltext.Quote(t.Name)))
	}
	if hasWord(w.SQL, "fts5") && hasWord(before.SQL, "fts5") {
		columns = append([]string{"rowid"}, columns...)
	}
	fresh := p.free("drey_new_" + t.Name)
	for _, s := range []string{
		named(w.SQL, fresh),
		fmt.Sprintf("INSERT INTO %s (%s)\nSELECT %s FROM %s", sqltext.Quote(fresh), strings.Join(columns, ", "), strings.Join(columns, ", "), sqltext.Quote(t.Name)),
		"DROP TABLE " + sqltext.Quote(t.Name),
		fmt.Sprintf("ALTER TABLE %s RENAME TO %s", sqltext.Quote(fresh), sqltext.Quote(t.Name)),
	} {
		// @schema-change statements of the migration that is being written, tried in memory
		if err := p.exec(s); err != nil {
			return err
		}
	}
	return nil
}
