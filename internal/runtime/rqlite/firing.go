//go:build !js

package rqlite

import (
	"fmt"
	"slices"
)

// trigger is what one says. What a statement that fires it says after OR counts for the
// statements of its body, and of those that they fire, instead of what they say
// themselves: see https://www.sqlite.org/lang_createtrigger.html.
type trigger struct {
	name, table string // as the trigger writes it, and folded
	event       string // INSERT, UPDATE or DELETE
	writes      []written
}

// written is what a statement of a trigger writes.
type written struct {
	table, event string
	columns      []string // nil for all
}

// triggerOf reads a CREATE TRIGGER.
func triggerOf(sql string) (t trigger, ok bool) {
	list := allTokens(sql)
	begin := slices.IndexFunc(list, func(t significant) bool { return t.word == "BEGIN" })
	on := slices.IndexFunc(list, func(t significant) bool { return t.word == "ON" })
	event := slices.IndexFunc(list, func(t significant) bool { return slices.Contains([]string{"INSERT", "UPDATE", "DELETE"}, t.word) })
	at := slices.IndexFunc(list, func(t significant) bool { return t.word == "TRIGGER" }) + 1
	if at == 0 || event < at || on < event || begin < on+2 {
		return t, false
	}
	named := func(i int) string { return unquoted(sql[list[i].from:list[i].to]) }
	for list[at].word == "IF" || list[at].word == "NOT" || list[at].word == "EXISTS" || list[at+1].word == "." {
		at++
		if list[at].word == "." {
			at++
		}
	}
	t = trigger{name: named(at), table: fold(named(on + 1)), event: list[event].word}
	for i := begin + 1; i < len(list); i++ {
		rest := sql[list[i].from:]
		switch before := list[i-1].word; {
		case list[i].word == "UPDATE" && before != "DO":
			if up := updateOf(rest); up != nil {
				w := written{fold(up.table), "UPDATE", []string{}}
				for _, a := range up.sets {
					w.columns = append(w.columns, a.columns...)
				}
				t.writes = append(t.writes, w)
			}
		case list[i].word == "INSERT", list[i].word == "REPLACE" && i+1 < len(list) && list[i+1].word == "INTO":
			if in := insertOf(rest); in != nil {
				t.writes = append(t.writes, written{fold(in.table), "INSERT", in.columns})
			}
		}
	}
	return t, true
}

// addTrigger adds one by its text.
func (r *reads) addTrigger(sql string) {
	if t, ok := triggerOf(sql); ok && r.triggers != nil {
		r.triggers[fold(t.name)] = t
	}
}

// renameTable has the triggers name a table by its new name.
func (r *reads) renameTable(from, to string) {
	for name, t := range r.triggers {
		if t.table == from {
			t.table = to
		}
		t.writes = slices.Clone(t.writes)
		for i := range t.writes {
			if t.writes[i].table == from {
				t.writes[i].table = to
			}
		}
		r.triggers[name] = t
	}
}

// replaced is the error of a statement that says OR REPLACE and so has the triggers that
// it fires put in the place of a NULL what is not known, or nil.
func (r *reads) replaced(table, event string) error {
	fired := map[string]bool{}
	var fire func(table, event string) error
	fire = func(table, event string) error {
		for name, t := range r.triggers {
			if t.table != table || t.event != event || fired[name] {
				continue
			}
			fired[name] = true
			for _, w := range t.writes {
				for _, d := range r.tables[w.table] {
					if d.fills("REPLACE") && (w.columns == nil || slices.ContainsFunc(w.columns, func(name string) bool { return fold(name) == fold(d.name) })) {
						return fmt.Errorf("trigger %s, which OR REPLACE holds for: %w", t.name, d.unknown(w.table, "write ON CONFLICT DO UPDATE instead"))
					}
				}
				if err := fire(w.table, w.event); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return fire(fold(table), event)
}
