package drawing

import (
	"context"
	"fmt"
	"strings"

	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/sqlite/alter"
	"github.com/dreysql/drey/internal/sqlite/schema"
)

// Compare marks how the schema, which Read has made of that, differs from an older one,
// and keeps what is gone. with is how the older one is called. Its error is that of
// [Snapshot].
func (s *Schema) Compare(ctx context.Context, of *project.Schema, old *alter.Snapshot, with string) error {
	now, err := Snapshot(ctx, of)
	if err == nil {
		s.compare(now, old, with)
	}
	return err
}

func (s *Schema) compare(now, old *alter.Snapshot, with string) {
	s.Compared = with
	was := newSchema(old.Schema, nil)
	for _, d := range alter.Compare(now, old) {
		mark := map[alter.Change]Mark{alter.Added: Added, alter.Removed: Removed, alter.Changed: Changed}[d.Change]
		c := Change{Mark: mark, What: d.Kind + " " + d.Name}
		if d.Kind == "column" {
			c.What = d.Kind + " " + d.Table + "." + d.Name
		}
		if mark == Changed {
			c.How = strings.TrimPrefix(d.Msg, c.What+" ")
		}
		s.Changes = append(s.Changes, c)
		s.mark(was, d, mark)
	}
	for _, t := range was.Tables {
		for _, r := range t.Refers {
			if here := s.table(t.Name); here.missing || !refers(here, r) {
				s.refer(here, r.ForeignKey).Mark = Removed
			}
		}
	}
	for _, t := range s.Tables {
		for _, r := range t.Refers {
			if before := was.table(t.Name); r.Mark == Same && (before == nil || !refers(before, r)) {
				r.Mark = Added
			}
		}
	}
	s.sort()
}

// mark marks what one difference is about.
func (s *Schema) mark(was *Schema, d alter.Difference, mark Mark) {
	t, before := s.table(d.Table), was.table(d.Table)
	if before != nil && before.missing {
		before = nil
	}
	whole := d.Kind == "table" || d.Kind == "view"
	switch {
	case t == nil && !whole:
		return // of a table that is gone
	case whole && mark == Removed && (t == nil || t.missing):
		gone := &Table{Table: before.Table, Mark: Removed, Columns: before.Columns, Triggers: before.Triggers, Sources: before.Sources}
		if t == nil {
			s.Tables = append(s.Tables, gone)
			return
		}
		gone.Referred = t.Referred // by a table that is still there
		*t = *gone
	case whole && before != nil: // also a table that becomes a view
		t.Mark = Changed
		if t.Kind != schema.KindTable || before.Kind != schema.KindTable { // compared by its text
			t.markColumns(before)
		}
	case whole:
		t.Mark = mark
	case t.Mark == Same:
		t.Mark = Changed
	}
	if d.Kind != "column" {
		return
	}
	if mark == Removed {
		t.keep(before, d.Name)
	} else if c := t.column(d.Name); c != nil {
		c.Mark = mark
	}
}

// markColumns marks the columns of a view or a virtual table, which is compared as a
// whole.
func (t *Table) markColumns(before *Table) {
	for _, c := range t.Columns {
		switch old := before.column(c.Name); {
		case old == nil:
			c.Mark = Added
		case old.Type != c.Type:
			c.Mark = Changed
		}
	}
	for _, c := range before.Columns {
		if t.column(c.Name) == nil {
			t.keep(before, c.Name)
		}
	}
}

// keep puts a column that is gone in below the one that it stood below.
func (t *Table) keep(before *Table, name string) {
	at := 0
	for _, c := range before.Columns {
		if c == before.column(name) {
			gone := *c
			gone.Mark = Removed
			t.Columns = append(t.Columns[:at:at], append([]*Column{&gone}, t.Columns[at:]...)...)
			return
		}
		for i, here := range t.Columns {
			if c.Name == here.Name {
				at = i + 1
			}
		}
	}
}

// refers reports whether a table has a foreign key like that.
func refers(t *Table, r *Reference) bool {
	for _, other := range t.Refers {
		if same(&other.ForeignKey, &r.ForeignKey) {
			return true
		}
	}
	return false
}

func same(a, b *schema.ForeignKey) bool {
	key := func(fk *schema.ForeignKey) string {
		return strings.ToLower(fmt.Sprintf("%q %q %q %q %q", fk.Table, fk.From, fk.To, fk.OnUpdate, fk.OnDelete))
	}
	return key(a) == key(b)
}
