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

// CheckRenames finds renames that do not lead from one schema to the other.
func CheckRenames(from, to *Snapshot, renames []Rename) error {
	var errs []error
	for _, r := range renames {
		t := from.Schema.Table(r.Table)
		switch {
		case t == nil || t.Kind == schema.KindView:
			errs = append(errs, fmt.Errorf("rename %s: there is no table %s now", r, r.Table))
		case r.Old == "":
			if to.Schema.Table(r.New) == nil {
				errs = append(errs, fmt.Errorf("rename %s: the wanted schema has no table %s", r, r.New))
			} else if from.Schema.Table(r.New) != nil && tableAfter(renames, r.New) == r.New {
				errs = append(errs, fmt.Errorf("rename %s: there is a table %s already", r, r.New))
			}
		default:
			wanted := to.Schema.Table(tableAfter(renames, r.Table))
			if t.Column(r.Old) == nil {
				errs = append(errs, fmt.Errorf("rename %s: table %s has no column %s now", r, r.Table, r.Old))
			} else if wanted == nil || wanted.Column(r.New) == nil {
				errs = append(errs, fmt.Errorf("rename %s: the wanted table has no column %s", r, r.New))
			}
		}
	}
	return errors.Join(errs...)
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
