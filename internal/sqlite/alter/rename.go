package alter

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// String formats the rename as ParseRename reads it.
func (r Rename) String() string {
	if r.Old == "" {
		return r.Table + "=" + r.New
	}
	return r.Table + "." + r.Old + "=" + r.New
}

// ParseRename reads old=new for a table, or table.old=new for a column.
func ParseRename(s string) (Rename, error) {
	before, after, ok := strings.Cut(s, "=")
	if !ok || before == "" || after == "" {
		return Rename{}, fmt.Errorf("%q is no rename: write old=new for a table, table.old=new for a column", s)
	}
	table, column, ok := strings.Cut(before, ".")
	if !ok {
		return Rename{Table: table, New: after}, nil
	}
	if prefix, name, ok := strings.Cut(after, "."); ok && prefix != "" {
		after = name
	}
	if table == "" || column == "" {
		return Rename{}, fmt.Errorf("%q is no rename: write table.old=new for a column", s)
	}
	return Rename{table, column, after}, nil
}

// CheckRenames finds renames that do not lead from one schema to the other, or that
// would overwrite what is there.
func CheckRenames(from, to *Snapshot, renames []Rename) error {
	var errs []error
	for i, r := range renames {
		msg := r.wrong(from, to, renames)
		for _, other := range renames[:i] {
			if msg != "" || !sqltext.EqualFold(other.Table, r.Table) && (r.Old != "" || other.Old != "") || (r.Old == "") != (other.Old == "") {
				continue
			}
			switch {
			case sqltext.EqualFold(other.New, r.New):
				msg = fmt.Sprintf("%s becomes %s as well", other, r.New)
			case sqltext.EqualFold(other.Table, r.Table) && sqltext.EqualFold(other.Old, r.Old):
				msg = fmt.Sprintf("it is renamed to %s as well", other.New)
			}
		}
		if msg != "" {
			errs = append(errs, fmt.Errorf("rename %s: %s", r, msg))
		}
	}
	return errors.Join(errs...)
}

// wrong says why a rename does not lead from one schema to the other, "" if it does.
func (r Rename) wrong(from, to *Snapshot, renames []Rename) string {
	t := from.Schema.Table(r.Table)
	if t == nil {
		return fmt.Sprintf("there is no table %s now", r.Table)
	}
	if r.Old == "" {
		wanted := to.Schema.Table(r.New)
		switch {
		case wanted == nil:
			return fmt.Sprintf("the wanted schema has no table %s", r.New)
		case wanted.Kind != t.Kind:
			return fmt.Sprintf("%s is a %s and %s is a %s", t.Name, t.Kind, wanted.Name, wanted.Kind)
		case from.Schema.Table(r.New) != nil && t.Name != r.New && sqltext.EqualFold(t.Name, r.New):
			return "" // only the case changes
		case from.Schema.Table(r.New) != nil && tableAfter(renames, r.New) == r.New:
			return fmt.Sprintf("there is a table %s already", r.New)
		}
		return ""
	}
	old := t.Column(r.Old)
	wanted := to.Schema.Table(tableAfter(renames, r.Table))
	switch {
	case old == nil || t.Kind == schema.KindView:
		return fmt.Sprintf("table %s has no column %s now", r.Table, r.Old)
	case wanted == nil || wanted.Column(r.New) == nil:
		return fmt.Sprintf("the wanted table has no column %s", r.New)
	case old.Name != r.New && sqltext.EqualFold(old.Name, r.New):
		return "" // only the case changes
	case t.Column(r.New) != nil && !slices.ContainsFunc(renames, func(other Rename) bool {
		return other.Old != "" && sqltext.EqualFold(other.Table, r.Table) && sqltext.EqualFold(other.Old, r.New)
	}):
		return fmt.Sprintf("table %s has a column %s already, whose values would be lost: leave the rename out, or rename that column as well",
			r.Table, r.New)
	case wanted.Column(r.New).Generated != schema.NotGenerated && old.Generated == schema.NotGenerated:
		return fmt.Sprintf("column %s of the wanted table is generated, so it cannot take the values of %s", r.New, r.Old)
	}
	return ""
}

// tableAfter returns the name that a table has after the renames.
func tableAfter(renames []Rename, name string) string {
	for _, r := range renames {
		if r.Old == "" && sqltext.EqualFold(r.Table, name) {
			return r.New
		}
	}
	return name
}

// Reverse returns the inverse renames.
func Reverse(renames []Rename) []Rename {
	back := make([]Rename, len(renames))
	for i, r := range renames {
		if r.Old == "" {
			back[i] = Rename{Table: r.New, New: r.Table}
		} else {
			back[i] = Rename{tableAfter(renames, r.Table), r.New, r.Old}
		}
	}
	return back
}

// Likely returns what looks like a rename besides the known ones: a dropped table
// and a new one with at least half of its columns, or a dropped column and a new
// one of the same type.
func Likely(from, to *Snapshot, known []Rename) (list []Rename) {
	taken := map[string]bool{}
	for _, t := range from.Schema.Tables {
		if t.Kind != schema.KindTable || tableAfter(known, t.Name) != t.Name {
			continue
		}
		if to.Schema.Table(t.Name) == nil {
			for _, other := range to.Schema.Tables {
				if other.Kind == schema.KindTable && from.Schema.Table(other.Name) == nil && !taken[other.Name] &&
					!slices.ContainsFunc(known, func(r Rename) bool { return r.Old == "" && sqltext.EqualFold(r.New, other.Name) }) &&
					2*common(t, other) >= len(t.Columns) {
					taken[other.Name] = true
					list = append(list, Rename{Table: t.Name, New: other.Name})
					break
				}
			}
		}
	}
	for _, t := range from.Schema.Tables {
		wanted := to.Schema.Table(tableAfter(known, t.Name))
		if t.Kind != schema.KindTable || wanted == nil {
			continue
		}
		used := map[string]bool{}
		for _, r := range known {
			if r.Old != "" && sqltext.EqualFold(r.Table, t.Name) {
				used[sqltext.Fold(r.Old)], used[sqltext.Fold(r.New)] = true, true
			}
		}
		for _, c := range t.Columns {
			if wanted.Column(c.Name) != nil || used[sqltext.Fold(c.Name)] {
				continue
			}
			for _, d := range wanted.Columns {
				if t.Column(d.Name) == nil && !used[sqltext.Fold(d.Name)] && sqltext.EqualFold(c.Type, d.Type) {
					used[sqltext.Fold(d.Name)] = true
					list = append(list, Rename{t.Name, c.Name, d.Name})
					break
				}
			}
		}
	}
	return list
}

func common(a, b *schema.Table) (n int) {
	for _, c := range a.Columns {
		if b.Column(c.Name) != nil {
			n++
		}
	}
	return n
}
