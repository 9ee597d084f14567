//go:build !js

package rqlite

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// view is one that reads the clock, or what does. A write that reads it gets it in its
// text, by the same name, so that the clock is read there.
type view struct {
	with    string // as a WITH has it
	reads   []string
	refused error // it is random
}

// addViews adds those of the views that read the clock, or what does, by their texts.
func (r *reads) addViews(views map[string]string) {
	for more := true; more; {
		more = false
		for name, sql := range views {
			if _, known := r.views[name]; known {
				continue
			}
			list := tokens(sql)
			as := outside(list, 0, "AS")
			if as < 1 || as+1 >= len(list) {
				continue
			}
			columns := ""
			if list[as-1].word == ")" {
				columns = sql[list[slices.IndexFunc(list, func(t significant) bool { return t.word == "(" })].from:list[as-1].to]
			}
			query := sql[list[as].to:list[len(list)-1].to]
			v := view{with: quoted(name) + columns + " AS (" + query + "\n)", reads: slices.Collect(maps.Keys(r.named(query)))}
			update := "UPDATE t SET v = (" + query + "\n)"
			text, err := fixed(update, time.Time{})
			if v.refused = err; err != nil || text != update || len(v.reads) > 0 {
				r.views[name], more = v, true
			}
		}
	}
}

// named are the views that a text reads, with whether it names the schema, too.
func (r *reads) named(sql string) map[string]bool {
	found := map[string]bool{}
	list := tokens(sql)
	word := func(i int) string {
		if i >= 0 && i < len(list) {
			return list[i].word
		}
		return ""
	}
	var outer []bool
	from := false // a comma is between tables
	for i, t := range list {
		before, schema := word(i-1), false
		if before == "." {
			before, schema = word(i-3), true
		}
		table := before == "JOIN" || before == "IN" || from && (before == "FROM" || before == "," || before == "(")
		switch t.word {
		case "(":
			outer, from = append(outer, from), table && before != "IN"
		case ")":
			if n := len(outer) - 1; n >= 0 {
				from, outer = outer[n], outer[:n]
			}
		case "FROM":
			from = true
		case "SELECT", "WHERE", "GROUP", "HAVING", "WINDOW", "ORDER", "LIMIT", "UNION", "EXCEPT", "INTERSECT", "RETURNING", "SET", "VALUES":
			from = false
		default:
			name := fold(unquoted(sql[t.from:t.to]))
			if _, known := r.views[name]; known && table && word(i+1) != "." {
				found[name] = found[name] || schema
			}
		}
	}
	for name := range found {
		if defines(sql, list, name) {
			delete(found, name)
		}
	}
	return found
}

// defines reports whether a text has a WITH of that name.
func defines(sql string, list []significant, name string) bool {
	for i, t := range list {
		if i == 0 || i+2 >= len(list) || fold(unquoted(sql[t.from:t.to])) != name || !slices.Contains([]string{"WITH", "RECURSIVE", ","}, list[i-1].word) {
			continue
		}
		after := list[i+1:]
		if after[0].word == "(" {
			after = after[1:]
			after = after[min(closing(after)+1, len(after)):]
		}
		if len(after) > 1 && after[0].word == "AS" && slices.Contains([]string{"(", "MATERIALIZED", "NOT"}, after[1].word) {
			return true
		}
	}
	return false
}

// withViews is a text with the views that it reads, and those that they read.
func (r *reads) withViews(t *text) (*text, error) {
	found := r.named(t.SQL)
	list := tokens(t.SQL)
	target := ""
	if up := updateOf(t.SQL); up != nil && insertOf(t.SQL) == nil {
		target = up.table
	} else if i := outside(list, 0, "DELETE"); i+2 < len(list) {
		if i += 2; i+2 < len(list) && list[i+1].word == "." {
			i += 2
		}
		target = unquoted(t.SQL[list[i].from:list[i].to])
	}
	if _, known := r.views[fold(target)]; known {
		return nil, fmt.Errorf("%w: view %s reads the clock, and each node would read its own: change its table", ErrStatement, target)
	}
	if len(found) == 0 {
		return t, nil
	}
	with := map[string]string{}
	for names := slices.Collect(maps.Keys(found)); len(names) > 0; names = names[1:] {
		name := names[0]
		v := r.views[name]
		switch {
		case v.refused != nil:
			return nil, fmt.Errorf("view %s: %w", name, v.refused)
		case found[name]:
			return nil, fmt.Errorf("%w: view %s reads the clock, and each node would read its own: write its name without the schema's", ErrStatement, name)
		}
		if with[name] == "" {
			with[name] = v.with
			names = append(names, v.reads...)
		}
	}
	texts := strings.Join(slices.Sorted(maps.Values(with)), ", ")
	if list[0].word != "WITH" {
		return newText("WITH " + texts + " " + t.SQL)
	}
	after := list[0].to
	if list[1].word == "RECURSIVE" {
		after = list[1].to
	}
	return newText(t.SQL[:after] + " " + texts + "," + t.SQL[after:])
}
