//go:build !js

package rqlite

import (
	"context"
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

// asked is how the columns of a text are asked for.
type asked struct {
	columns  []string
	declared []string // types, "" where a column has none or it is not known
	tagged   []bool   // as a text whose first letter is its type, if it is not an integer or NULL
	text     *text    // that asks so
}

// forms keeps how a text is asked for. The zero value is plain.
type forms struct {
	mu  sync.Mutex
	now *asked // nil while it is plain
	// columns and declared are what a description of the text has told.
	columns, declared []string
}

// get returns how the text is asked for now, nil for plain, and whether it has been
// described.
func (f *forms) get() (now *asked, described bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now, f.columns != nil
}

// describe takes in the columns and their declared types.
func (f *forms) describe(t *text, columns, declared []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.columns, f.declared = columns, declared
	if f.now == nil {
		f.now = &asked{columns: columns, declared: declared, tagged: make([]bool, len(columns)), text: t}
	}
}

// raise has columns tagged from now on, and reports whether that is new. needs says
// whether a column has to be, by its type. columns and types are those of an answer; nil for
// those of the description.
func (f *forms) raise(t *text, columns, types []string, needs func(declared string) bool) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	declared := types
	if columns == nil || slices.Equal(columns, f.columns) {
		columns, declared = f.columns, f.declared
	}
	next := &asked{columns: columns, declared: slices.Clone(declared), tagged: make([]bool, len(columns))}
	if f.now != nil && slices.Equal(f.now.columns, columns) {
		copy(next.declared, f.now.declared)
		copy(next.tagged, f.now.tagged)
	}
	raised := false
	for i, declared := range next.declared {
		if !next.tagged[i] && (needs(declared) || i < len(types) && needs(types[i])) {
			next.tagged[i], raised = true, true
		}
	}
	sql, ok := "", false
	if raised {
		sql, ok = t.asking(next)
	}
	if !ok {
		return false
	}
	var err error
	if next.text, err = newText(sql); err != nil {
		return false
	}
	f.now = next
	return true
}

// forget goes back to the plain form, as after a change of the schema. It reports whether
// there was another.
func (f *forms) forget() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	was := f.now != nil
	f.now, f.columns, f.declared = nil, nil, nil
	return was
}

// changes are the declared types whose values rqlite changes, with whether they are
// times.
var changes = map[string]bool{"date": true, "datetime": true, "timestamp": true, "boolean": false}

// changed reports whether rqlite changes the values of a column.
func changed(declared string) bool {
	_, ok := changes[declared]
	return ok
}

// confused reports whether a BLOB in a column would be taken for a text, or a REAL for an
// INTEGER, or whether rqlite changes its values.
func confused(declared string) bool {
	for _, textual := range []string{"text", "json", "char", "clob"} {
		if strings.Contains(declared, textual) {
			return true
		}
	}
	return declared == "" || declared == "blob" || changed(declared)
}

// unclear reports whether a REAL without a fraction in a column would be taken for an
// INTEGER, or the other way round.
func unclear(declared string) bool { return declared == "real" || declared == "blob" }

// anyhow is for a column in which an infinite number may be.
func anyhow(string) bool { return true }

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
	for i, name := range a.columns {
		names[i] = fmt.Sprint("c", i)
		list[i] = names[i] + " AS " + quoted(name)
		if a.tagged[i] {
			list[i] = tag(names[i], quoted(name))
			if a.declared[i] == "" { // an expression, which is to be evaluated once
				hint = "MATERIALIZED "
			}
		}
	}
	return fmt.Sprintf("WITH drey (%s) AS %s(%s\n) SELECT %s FROM drey", strings.Join(names, ", "), hint, inner, strings.Join(list, ", ")), true
}

// tag is an expression with its tag, by that name.
func tag(expression, name string) string { return tagOf(expression) + " AS " + name }

func tagOf(expression string) string {
	return fmt.Sprintf("CASE typeof(%[1]s) WHEN 'text' THEN 't' || %[1]s WHEN 'blob' THEN 'x' || hex(%[1]s) WHEN 'real' THEN 'r' || quote(%[1]s) ELSE %[1]s END", expression)
}

func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// decode gives a value of a column the Go type that it has on every engine.
func (a *asked) decode(i int, v driver.Value, reported string) (driver.Value, error) {
	declared, known, tagged := reported, false, false
	if a != nil {
		tagged = a.tagged[i]
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
		if !tagged && isReal(declared) && (known || declared != "real" || v < 1<<53 && v > -1<<53) {
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
	if changes[declared] {
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

// learn looks at what has come of a query that reads, and reports whether it has to be
// asked for in another form.
func (t *text) learn(r *result) bool {
	if r.asked != nil && (r.failure != "" || len(r.asked.columns) != len(r.columns)) {
		return t.forms.forget() // the schema may have changed
	}
	r.named()
	if lossy(r.values) && t.forms.raise(t, r.columns, r.types, confused) {
		return true
	}
	for _, declared := range r.types {
		if changed(declared) {
			return t.forms.raise(t, r.columns, r.types, changed)
		}
	}
	return r.unclear && t.forms.raise(t, r.columns, r.types, unclear)
}

// describe finds out the declared types of the columns of texts whose rows cannot be asked
// for twice, or that bind a BLOB, and has those that need it asked for in another form.
// What it does not find out does no harm: a table may be made by the same batch.
func (c *Cluster) describe(ctx context.Context, list []prepared) {
	var asks []prepared
	var of []*text
	for _, p := range list {
		if _, described := p.text.forms.get(); described || !p.rows {
			continue
		}
		if ask, ok := p.describing(); ok {
			asks, of = append(asks, ask), append(of, p.text)
		}
	}
	if len(asks) == 0 {
		return
	}
	call, err := c.readCall(asks, Weak)
	if err != nil {
		return
	}
	a, err := c.send(ctx, call)
	if err != nil || len(a.results) != len(asks) {
		return
	}
	for i, r := range a.results {
		if r.failure != "" {
			continue
		}
		of[i].forms.describe(of[i], r.columns, r.types)
		of[i].forms.raise(of[i], nil, nil, confused)
	}
}

// describing is a query without rows that has the columns of a statement.
func (p *prepared) describing() (prepared, bool) {
	if p.text.kind == sqldriver.Reading {
		inner := strings.TrimRight(p.text.SQL[:remote.End(p.text.SQL)], "; \t\r\n")
		t, err := newText("SELECT * FROM (" + inner + "\n) LIMIT 0")
		return prepared{text: t, args: p.args, rows: true}, err == nil
	}
	sql, ok := p.text.returned()
	if !ok {
		return prepared{}, false
	}
	t, err := newText(sql)
	return prepared{text: t, rows: true}, err == nil
}

// anyBlob reports whether a BLOB is bound.
func anyBlob(args []driver.Value) bool {
	return slices.ContainsFunc(args, func(v driver.Value) bool {
		_, ok := v.([]byte)
		return ok
	})
}

// leave forgets how texts are asked for whose columns may have changed by the next time.
func leave(list []prepared) {
	for _, p := range list {
		if p.text.star {
			p.text.forms.forget()
		}
	}
}

// choose settles how the rows of the statements are asked for.
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
