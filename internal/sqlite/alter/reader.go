package alter

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Reader reads the schemas of a database that changes in small steps. What a step has
// not changed is taken from the schema before it, so that a step costs what it
// changes, and not what is there. Its zero value is ready for use, by one goroutine.
type Reader struct {
	// Gone and Come are the objects that the last step has taken away and made; one that
	// it has changed is in both.
	Gone, Come []Object

	mentions map[string]map[string]bool // by the text of a statement
}

// After reads the schema after a step, given the one before. Its error is that of
// [schema.Read].
func (r *Reader) After(ctx context.Context, db *sql.DB, before *Snapshot, without ...string) (*Snapshot, error) {
	objects, err := readObjects(ctx, db, without)
	if err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	if r.compare(before.Objects, objects); len(r.Gone)+len(r.Come) == 0 {
		return before, nil
	}
	s := &Snapshot{Objects: objects}
	texts := map[string]string{}
	var triggers []schema.Trigger
	for _, o := range objects {
		if o.Kind == "trigger" {
			triggers = append(triggers, schema.Trigger{Name: o.Name, Table: o.Table, SQL: o.SQL})
		} else {
			texts[o.Name] = o.SQL
		}
	}
	slices.SortFunc(triggers, func(a, b schema.Trigger) int { return cmp.Compare(a.Name, b.Name) })
	changed := map[string]bool{}
	for _, o := range slices.Concat(r.Gone, r.Come) {
		changed[sqltext.Fold(o.Name)], changed[sqltext.Fold(o.Table)] = true, true
	}
	some := r.stale(objects, "view", changed)
	if s.Schema, err = schema.ReadSome(ctx, db, before.Schema, texts, some); err != nil {
		return s, err
	}
	keys := map[string]bool{}
	for name := range changed {
		was, is := before.Schema.Table(name), s.Schema.Table(name)
		if (was == nil) != (is == nil) || was != nil && !slices.Equal(was.PrimaryKey, is.PrimaryKey) {
			keys[name] = true
		}
	}
	if refer := r.stale(objects, "table", keys); len(refer) > 0 { // to a key that is another one now
		if s.Schema, err = schema.ReadSome(ctx, db, s.Schema, texts, refer); err != nil {
			return s, err
		}
	}
	s.Schema.Triggers = triggers
	return s, nil
}

// compare finds the objects that differ. Most of them are the same, in one order.
func (r *Reader) compare(before, now []Object) {
	r.Gone, r.Come = nil, nil
	for len(before) > 0 && len(now) > 0 && before[0] == now[0] {
		before, now = before[1:], now[1:]
	}
	for len(before) > 0 && len(now) > 0 && before[len(before)-1] == now[len(now)-1] {
		before, now = before[:len(before)-1], now[:len(now)-1]
	}
	had := map[Object]bool{}
	for _, o := range before {
		had[o] = true
	}
	for _, o := range now {
		if had[o] {
			delete(had, o)
		} else {
			r.Come = append(r.Come, o)
		}
	}
	for _, o := range before {
		if had[o] {
			r.Gone = append(r.Gone, o)
		}
	}
}

// stale returns the tables and views of changed names, and those of a kind that
// mention one of these. It adds their names.
func (r *Reader) stale(now []Object, kind string, changed map[string]bool) (list []string) {
	stale := map[string]bool{}
	for more := len(changed) > 0; more; {
		more = false
		for _, o := range now {
			if o.Kind != "table" && o.Kind != "view" || stale[o.Name] {
				continue
			}
			if name := sqltext.Fold(o.Name); changed[name] || o.Kind == kind && r.mentionsAny(o.SQL, changed) {
				stale[o.Name], changed[name], more = true, true, true
				list = append(list, o.Name)
			}
		}
	}
	return list
}

// Mentions returns the names in a statement, and the strings, which may be names,
// folded. The caller does not change them.
func (r *Reader) Mentions(statement string) map[string]bool {
	names, ok := r.mentions[statement]
	if !ok {
		names = map[string]bool{}
		for _, t := range sqltext.Significant(statement) {
			if t.Ident() || t.Kind == sqltext.String {
				names[sqltext.Fold(t.Name())] = true
			}
		}
		if r.mentions == nil {
			r.mentions = map[string]map[string]bool{}
		}
		r.mentions[statement] = names
	}
	return names
}

func (r *Reader) mentionsAny(statement string, names map[string]bool) bool {
	mentioned := r.Mentions(statement)
	if len(mentioned) < len(names) {
		mentioned, names = names, mentioned
	}
	for name := range names {
		if mentioned[name] {
			return true
		}
	}
	return false
}
