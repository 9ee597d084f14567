//go:build !js

package rqlite

import (
	"cmp"
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/dreysql/drey/internal/runtime/internal/remote"
	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// rqlite changes some values on their way, by the declared type of their column: of a
// DATETIME it makes RFC 3339, and the zero time where it is not one; of a BOOLEAN, true or
// false. In a column without a type, and in one of text, a BLOB becomes text. An infinite
// number fails the whole answer. So a query is asked in another form, where that happens,
// which gives the values as they are stored.

// form is how a column is asked for. Each tells more of a value than those before it.
type form byte

const (
	plain form = iota
	// untyped is the column without its declared type: of a BOOLEAN, numbers. What is not
	// 0, 1 or NULL is asked for with a tag.
	untyped
	// textTag is a tag in a column that has only texts, BLOBs and NULL.
	textTag
	// numberTag is a tag in a column that makes numbers of what looks like them, and an
	// INTEGER of a REAL that is one.
	numberTag
	// tag is a text whose first letter is the value's type, if that is not an integer or
	// NULL, or a number with a fraction: SQLite writes the last digit of some otherwise than
	// it reads them.
	tag
)

// of is the expression in that form.
func (f form) of(expression string) string {
	switch f {
	case untyped:
		return "+" + expression
	case textTag:
		return strings.ReplaceAll("iif(? >= x'', 'x' || hex(?), 't' || ?)", "?", expression)
	case numberTag:
		return strings.ReplaceAll("iif(? >= '', iif(? >= x'', 'x' || hex(?), 't' || ?), ?)", "?", expression)
	case tag:
		return strings.ReplaceAll("CASE typeof(?) WHEN 'text' THEN 't' || ? WHEN 'blob' THEN 'x' || hex(?) WHEN 'real' THEN "+
			"CASE WHEN ? - ? IS NULL THEN 'r' || quote(?) WHEN abs(?) < 9223372036854775807 AND CAST(? AS INTEGER) = ? THEN 'r' || CAST(? AS INTEGER) ELSE ? END "+
			"ELSE ? END", "?", expression)
	}
	return expression
}

// asked is how the columns of a text are asked for.
type asked struct {
	columns  []string
	declared []string // types, "" where a column has none or the answer tells
	as       []form
	text     *text // that asks so
	// echo is where the text takes another name for its first column, 0 if it does not.
	echo int
}

// forms keeps how a text is asked for. The zero value is plain.
type forms struct {
	mu  sync.Mutex
	now *asked // nil while it is plain
	// columns and declared are what a description of the text has told.
	columns, declared []string
	unnamed           bool // its first column cannot have another name
}

// get returns how the text is asked for now, nil for plain, and whether it has been
// described.
func (f *forms) get() (now *asked, described bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now, f.columns != nil
}

// describe takes in the columns and their declared types, and returns how the text is asked
// for now.
func (f *forms) describe(t *text, columns, declared []string, needs func(i int, declared string) form) *asked {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.columns, f.declared = columns, declared
	if f.now == nil {
		f.now = &asked{columns: columns, declared: declared, as: make([]form, len(columns)), text: t}
	}
	f.raise(t, f.now, nil, nil, needs)
	return f.now
}

// beyond has columns asked for in another form than they were, and returns it. It reports
// false if that is not needed, or cannot be. needs says which form a column has to have, by
// its index and its type. columns and types are those of an answer; nil for those of the
// description.
func (f *forms) beyond(t *text, was *asked, columns, types []string, needs func(i int, declared string) form) (*asked, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.raise(t, was, columns, types, needs) {
		return was, false
	}
	return f.now, true // which others may have raised as well
}

// raise is beyond, for who holds the mutex. It reports whether they have to be asked for in
// the form that is kept then.
func (f *forms) raise(t *text, was *asked, columns, types []string, needs func(i int, declared string) form) bool {
	described := columns == nil || slices.Equal(columns, f.columns)
	next := &asked{columns: columns, as: make([]form, len(columns))}
	if described {
		next = &asked{columns: f.columns, declared: slices.Clone(f.declared), as: make([]form, len(f.columns))}
	} else {
		next.declared = make([]string, len(columns))
	}
	had := make([]form, len(next.as))
	for _, a := range []*asked{was, f.now} {
		if a == nil || !slices.Equal(a.columns, next.columns) {
			continue
		}
		for i, as := range a.as {
			next.as[i], next.declared[i] = max(next.as[i], as), cmp.Or(next.declared[i], a.declared[i])
		}
		if a == was {
			copy(had, a.as)
		}
	}
	lacks, raised := false, f.now == nil || !slices.Equal(f.now.columns, next.columns) || !slices.Equal(f.now.as, next.as)
	for i, declared := range next.declared {
		need := needs(i, declared)
		if i < len(types) {
			need = max(need, needs(i, types[i]))
		}
		lacks = lacks || need > had[i]
		if need <= next.as[i] {
			continue
		}
		if declared == "" && !described {
			next.declared[i] = types[i]
		}
		next.as[i], raised = need, true
	}
	return lacks && (!raised || f.ask(t, next))
}

// ask has the text ask so from now on, if it can.
func (f *forms) ask(t *text, next *asked) bool {
	sql, ok := t.asking(next)
	if !ok {
		return false
	}
	var err error
	if next.text, err = newText(sql); err != nil {
		return false
	}
	if next.text.Named() { // its parameters are written anew, so that nothing is where it was
		next.echo = 0
	}
	f.now = next
	return true
}

// name has a plain text ask for a name of its first column.
func (f *forms) name(t *text, columns []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.now != nil || f.unnamed || t.star {
		return
	}
	next := &asked{columns: columns, declared: make([]string, len(columns)), as: make([]form, len(columns))}
	if _, ok := t.inPlace(next); !ok || next.echo == 0 || !f.ask(t, next) {
		f.unnamed = true
	}
}

// forget goes back to the plain form, as after a change of the schema.
func (f *forms) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now, f.columns, f.declared, f.unnamed = nil, nil, nil, false
}

// changes are the declared types whose values rqlite changes, with the form that they
// need at least.
var changes = map[string]form{"date": tag, "datetime": tag, "timestamp": tag, "boolean": untyped}

// changed is for a column whose values rqlite changes.
func changed(_ int, declared string) form { return changes[declared] }

// confused is for a column in which a BLOB would be taken for a text, or a REAL for an
// INTEGER, or whose values rqlite changes.
func confused(_ int, declared string) form {
	if a := affinityOf(declared); a == ofText || a == ofNothing || declared == "json" || changes[declared] != plain {
		return tag
	}
	return plain
}

// inTable is confused for the columns of what readTable has answered. A table's values have
// the affinity of their column, and a strict one's the type.
func inTable(of result) func(int, string) form {
	table, strict := of.values == "[[1]]", of.values == "[[2]]"
	return func(i int, declared string) form {
		form := confused(i, declared)
		switch a := affinityOf(declared); {
		case strict && declared != "any":
			return plain
		case form == tag && table && a == ofText:
			return textTag
		case form == tag && table && a == ofNumber:
			return numberTag
		}
		return form
	}
}

// undeclared is for a column in which a BLOB would be taken for a text because it has no
// declared type, or whose values rqlite changes.
func undeclared(_ int, declared string) form {
	if declared == "" {
		return tag
	}
	return changes[declared]
}

// anyhow is for a column in which an infinite number may be.
func anyhow(int, string) form { return tag }

// asking is the text of a query that asks for its columns so.
func (t *text) asking(a *asked) (string, bool) {
	if t.kind != sqldriver.Reading {
		return t.returning(a)
	}
	if sql, ok := t.inPlace(a); ok {
		return sql, true
	}
	inner := strings.TrimRight(t.SQL[:remote.End(t.SQL)], "; \t\r\n")
	names, list := make([]string, len(a.columns)), make([]string, len(a.columns))
	hint := ""
	for i := range a.columns {
		names[i] = fmt.Sprint("c", i)
		if list[i] = a.as[i].of(names[i]); i > 0 && a.as[i] != plain {
			list[i] += " AS " + names[i]
		}
		if a.as[i] > untyped && a.declared[i] == "" { // an expression, which is to be evaluated once
			hint = "MATERIALIZED "
		}
	}
	sql := fmt.Sprintf("WITH drey (%s) AS %s(%s\n) SELECT %s", strings.Join(names, ", "), hint, inner, list[0])
	a.echo = len(sql)
	return sql + strings.Join(append([]string{""}, list[1:]...), ", ") + " FROM drey", true
}

func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// decode gives a value of a column the Go type that it has on every engine.
func (a *asked) decode(i int, v driver.Value, reported string) (driver.Value, error) {
	declared, known, tagged := reported, false, false
	if a != nil {
		tagged = a.as[i] > untyped
		if known = a.declared[i] != ""; known || tagged {
			declared = a.declared[i]
		}
	}
	if tagged {
		var err error
		if v, err = untagged(v); err != nil {
			return nil, err
		}
	}
	switch v := v.(type) {
	case string:
		if isTime(declared) {
			if t, ok := sqldriver.ReadTime(v); ok {
				return t, nil
			}
		}
		if tagged {
			return v, nil
		}
		return strings.Clone(v), nil // not a part of the whole answer, which it would keep
	case bool:
		if v {
			return int64(1), nil
		}
		return int64(0), nil
	case int64:
		// What is not known to be declared as real may be so by its first row alone.
		if !tagged && affinityOf(declared) == ofReal && (known || declared != "real" || v < 1<<53 && v > -1<<53) {
			return float64(v), nil
		}
	}
	return v, nil
}

// untagged reads the value of a tagged column.
func untagged(v driver.Value) (driver.Value, error) {
	tag, ok := v.(string)
	switch {
	case !ok:
		return v, nil
	case strings.HasPrefix(tag, "t"):
		return strings.Clone(tag[1:]), nil
	case strings.HasPrefix(tag, "x"):
		b, err := hex.DecodeString(tag[1:])
		if err == nil {
			return b, nil
		}
	case strings.HasPrefix(tag, "r"):
		f, err := strconv.ParseFloat(tag[1:], 64)
		if err == nil || errors.Is(err, strconv.ErrRange) { // 9.0e+999 is infinite
			return f, nil
		}
	}
	return nil, fmt.Errorf("%w: the value of a column", ErrAnswer)
}

// isTime reports whether texts of a column are times, by its declared type.
func isTime(declared string) bool {
	if changes[declared] == tag {
		return true
	}
	switch strings.Join(strings.Fields(declared), "") {
	case "timestamptz", "timestampwithtimezone", "datetime", "timestamp":
		return true
	}
	return false
}

// lossy reports whether JSON has what stands there for a text that was not UTF-8. The
// character itself would not be escaped.
func lossy(json string) bool {
	const replacement = `\ufffd`
	for at := 0; ; at += len(replacement) {
		i := strings.Index(json[at:], replacement)
		if i < 0 {
			return false
		}
		at += i
		if escaped := len(json[:at]) - len(strings.TrimRight(json[:at], `\`)); escaped%2 == 0 {
			return true
		}
	}
}

// learn looks at what has come of a query that reads. It reports whether that has to be
// asked for again, and how then.
func (t *text) learn(r *result) (next *asked, again bool) {
	if r.asked != nil && (r.failure != "" || len(r.asked.columns) != len(r.columns)) {
		t.forms.forget() // the schema may have changed
		return nil, true
	}
	r.named()
	if lossy(r.values) {
		if next, again := t.forms.beyond(t, r.asked, r.columns, r.types, confused); again {
			return next, true
		}
	}
	if slices.ContainsFunc(r.types, func(declared string) bool { return changes[declared] != plain }) {
		return t.forms.beyond(t, r.asked, r.columns, r.types, changed)
	}
	if r.n > 0 {
		if next, again := t.forms.beyond(t, r.asked, r.columns, r.types, r.needs); again {
			return next, true
		}
	}
	if r.asked == nil && r.failure == "" {
		t.forms.name(t, r.columns)
	}
	return r.asked, false
}

// needs is the form that a column needs by what has been seen in it.
func (r *result) needs(i int, _ string) form {
	bare := r.asked != nil && r.asked.as[i] == untyped
	if r.seen[i] >= seenUnclear || bare && (r.seen[i] >= seenMore || r.types[i] != "integer" && r.types[i] != "") {
		return tag
	}
	return plain
}

// leave forgets how texts are asked for whose columns may have changed by the next time.
func leave(list []prepared) {
	for _, p := range list {
		if p.text.star {
			p.text.forms.forget()
		}
	}
}

// choose has the rows of statements asked for as they were the last time.
func choose(list []prepared) {
	for i := range list {
		if list[i].rows {
			list[i].asked, _ = list[i].text.forms.get()
		}
	}
}

// sent is the text that is sent for a statement.
func (p *prepared) sent() *text {
	if p.asked != nil {
		return p.asked.text
	}
	return p.text
}
