package alter

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// replaceVirtual creates a virtual table again. If it keeps its own content, that
// is copied; if it indexes another table, it reads that table again.
func (p *planner) replaceVirtual(before, t *schema.Table, w *Object) error {
	var columns, values []string
	for _, c := range t.Columns {
		if old := before.Column(p.columnBefore(before, c.Name)); old != nil {
			columns, values = append(columns, sqltext.Quote(c.Name)), append(values, sqltext.Quote(old.Name))
		}
	}
	content := hasContent(t) || hasContent(before)
	if content || len(columns) == 0 {
		// @schema-change a statement of the migration that is being written, tried in memory
		if err := p.exec("DROP TABLE " + sqltext.Quote(t.Name)); err != nil {
			return err
		}
		if err := p.exec(w.SQL); err != nil || !t.FTS5() || !content {
			return err
		}
		return p.exec(fmt.Sprintf("INSERT INTO %s (%s) VALUES ('rebuild')", sqltext.Quote(t.Name), sqltext.Quote(t.Name)))
	}
	if t.FTS5() && before.FTS5() {
		columns, values = append([]string{"rowid"}, columns...), append([]string{"rowid"}, values...)
	}
	fresh := p.free("drey_new_" + t.Name)
	for _, s := range []string{
		named(w.SQL, fresh),
		fmt.Sprintf("INSERT INTO %s (%s)\nSELECT %s FROM %s", sqltext.Quote(fresh), strings.Join(columns, ", "), strings.Join(values, ", "), sqltext.Quote(t.Name)),
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

// hasContent reports whether an argument of a virtual table says where its content
// is, as in content='posts'.
func hasContent(t *schema.Table) bool {
	create := t.Virtual()
	return create != nil && slices.ContainsFunc(create.Args, func(arg string) bool {
		tokens := sqltext.Significant(arg)
		return len(tokens) > 1 && tokens[0].Is("content") && tokens[1].Is("=")
	})
}
