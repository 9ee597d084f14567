//go:build !js

package rqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dreysql/drey/internal/runtime/internal/remote"
	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// defaults are the columns whose DEFAULT reads the clock, or a random number. Each node
// evaluates that by itself, so an INSERT that leaves the column out gets it in its text.
type defaults struct {
	mu     sync.Mutex
	read   time.Time // when they were read, zero if they have to be read anew
	tables map[string][]defaulted
	texts  *remote.Texts[*text] // with what they leave out
}

// defaulted is a column with such a DEFAULT.
type defaulted struct {
	name, value string
	refused     error // it is random
	notNull     bool  // REPLACE puts the DEFAULT in the place of a NULL
}

// defaultsKept is how long they are taken to be as they were read. A process that changes
// the schema in the meantime is another release's, whose tables this one does not know.
const defaultsKept = time.Minute

// readDefaults finds the columns with a DEFAULT.
const readDefaults = `SELECT m.name, x.name, x.dflt_value, x."notnull" FROM sqlite_schema AS m JOIN pragma_table_xinfo(m.name) AS x
	WHERE m.type = 'table' AND x.dflt_value IS NOT NULL ORDER BY m.name, x.cid`

// complete puts what INSERTs leave out into them.
func (c *Cluster) complete(ctx context.Context, list []prepared) error {
	var changed map[string][]defaulted // as the statements before have made the tables
	for i := range list {
		t := list[i].text
		if t.kind == sqldriver.Reading {
			continue
		}
		switch strings.ToUpper(remote.First(t.SQL)) {
		case "CREATE", "ALTER", "DROP":
			if changed == nil {
				known, _, err := c.defaults.of(ctx, c)
				if err != nil {
					return err
				}
				changed = maps.Clone(known)
				defer c.defaults.forget()
			}
			change(changed, t.SQL)
			continue
		case "INSERT", "REPLACE", "WITH":
		default:
			continue
		}
		var err error
		if changed != nil {
			list[i].text, err = completed(t.SQL, changed)
		} else {
			var texts *remote.Texts[*text]
			if _, texts, err = c.defaults.of(ctx, c); err != nil {
				return err
			}
			list[i].text, err = texts.Of(t.SQL)
		}
		if err != nil {
			return listed(list, i, err)
		}
	}
	return nil
}

// forget has the defaults read anew.
func (d *defaults) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.read = time.Time{}
}

// of are the defaults, and texts with what they leave out.
func (d *defaults) of(ctx context.Context, c *Cluster) (map[string][]defaulted, *remote.Texts[*text], error) {
	d.mu.Lock()
	tables, texts, due := d.tables, d.texts, time.Since(d.read) > defaultsKept
	d.mu.Unlock()
	if !due {
		return tables, texts, nil
	}
	found, err := c.findDefaults(ctx)
	if err != nil {
		if texts == nil || ctx.Err() != nil {
			return nil, nil, err
		}
		return tables, texts, nil // without a leader nobody has changed them
	}
	texts = &remote.Texts[*text]{Make: func(sql string) (*text, error) { return completed(sql, found) }}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tables, d.texts, d.read = found, texts, time.Now()
	return found, texts, nil
}

// findDefaults asks the cluster.
func (c *Cluster) findDefaults(ctx context.Context) (map[string][]defaulted, error) {
	results, err := c.read(WithLevel(ctx, Weak), []prepared{{text: mustText(readDefaults), rows: true}})
	if err != nil {
		return nil, err
	}
	tables := map[string][]defaulted{}
	row := make([]driver.Value, 4)
	for rows := results[0].open(); ; {
		if err := rows.Next(row); errors.Is(err, io.EOF) {
			return tables, nil
		} else if err != nil {
			return nil, err
		}
		table, _ := row[0].(string)
		name, _ := row[1].(string)
		value, _ := row[2].(string)
		if d, reads := defaultOf(name, value); reads {
			d.notNull = row[3] == int64(1)
			tables[fold(table)] = append(tables[fold(table)], d)
		}
	}
}

// defaultOf is a column with a DEFAULT, if that reads the clock or is random.
func defaultOf(name, value string) (d defaulted, reads bool) {
	update := "UPDATE t SET v = (" + value + ")"
	text, err := fixed(update, time.Time{})
	return defaulted{name: name, value: value, refused: err}, err != nil || text != update
}

// completed is the text of an INSERT with the columns that it leaves out.
func completed(sql string, tables map[string][]defaulted) (*text, error) {
	in := insertOf(sql)
	if in == nil || in.columns == nil && !in.defaults {
		return newText(sql)
	}
	var names, values []string
	given := make([]string, len(in.columns)) // the columns that are named
	for i := range given {
		given[i] = fmt.Sprint("c", i)
	}
	nulls := false // a NULL among them would be replaced
	for _, d := range tables[fold(in.table)] {
		if i := slices.IndexFunc(in.columns, func(name string) bool { return fold(name) == fold(d.name) }); i >= 0 {
			if in.replaces && d.notNull && d.refused == nil {
				given[i], nulls = "coalesce("+given[i]+", ("+d.value+"))", true
			}
			continue
		}
		if d.refused != nil {
			return nil, fmt.Errorf("column %s.%s is left to its default: %w", in.table, d.name, d.refused)
		}
		names = append(names, `"`+strings.ReplaceAll(d.name, `"`, `""`)+`"`)
		values = append(values, "("+d.value+")")
	}
	if names == nil && !nulls {
		return newText(sql)
	}
	if nulls {
		var columns strings.Builder
		for i := range given {
			fmt.Fprintf(&columns, ", c%d", i)
		}
		return newText(sql[:in.list] + strings.Join(append([]string{""}, names...), ", ") + sql[in.list:in.from] +
			" WITH drey_row (" + columns.String()[2:] + ") AS (" + sql[in.from:in.to] + "\n) SELECT " + strings.Join(append(given, values...), ", ") +
			" FROM drey_row WHERE TRUE " + sql[in.to:])
	}
	add := strings.Join(names, ", ")
	value := strings.Join(values, ", ")
	if in.defaults {
		return newText(sql[:in.from] + "(" + add + ") VALUES (" + value + ")" + sql[in.to:])
	}
	// WHERE TRUE, so that ON CONFLICT is not taken for a join's ON.
	return newText(sql[:in.list] + ", " + add + sql[in.list:in.from] + " SELECT drey_row.*, " + value +
		" FROM (" + sql[in.from:in.to] + "\n) AS drey_row WHERE TRUE " + sql[in.to:])
}

// insert is what an INSERT says.
type insert struct {
	table    string
	columns  []string // nil if it has no list
	list     int      // where the list ends
	defaults bool     // DEFAULT VALUES
	replaces bool     // it says REPLACE
	from, to int      // the place of its VALUES, its SELECT or its DEFAULT VALUES
}

// significant is a token that is neither blank nor comment.
type significant struct {
	from, to int
	word     string // in upper case
}

func tokens(sql string) (list []significant) {
	end := remote.End(sql)
	for at := 0; at < end; {
		to := at + remote.Token(sql[at:])
		t := sql[at:to]
		if strings.TrimSpace(t) != "" && !strings.HasPrefix(t, "--") && !strings.HasPrefix(t, "/*") && t != ";" {
			// A doubled quote begins another token.
			if n := len(list); n > 0 && list[n-1].to == at && strings.IndexByte("\"'`", t[0]) >= 0 && sql[at-1] == t[0] {
				list[n-1].to = to
			} else {
				list = append(list, significant{at, to, strings.ToUpper(t)})
			}
		}
		at = to
	}
	return list
}

// insertOf reads an INSERT, or returns nil.
func insertOf(sql string) *insert {
	list := tokens(sql)
	i, depth := 0, 0
	at := func(n int) string {
		if n < len(list) {
			return list[n].word
		}
		return ""
	}
	for ; i < len(list); i++ {
		switch list[i].word {
		case "(":
			depth++
		case ")":
			depth--
		}
		if depth == 0 && (at(i) == "INSERT" || at(i) == "REPLACE") && (at(i+1) == "INTO" || at(i+1) == "OR") {
			break
		}
	}
	replaces := at(i) == "REPLACE" || at(i+1) == "OR" && at(i+2) == "REPLACE"
	if i++; at(i) == "OR" {
		i += 2
	}
	if at(i) != "INTO" || i+1 >= len(list) {
		return nil
	}
	if i++; at(i+1) == "." {
		i += 2
	}
	if i >= len(list) {
		return nil
	}
	in := &insert{table: unquoted(sql[list[i].from:list[i].to]), to: remote.End(sql), replaces: replaces}
	if i++; at(i) == "AS" {
		i += 2
	}
	if at(i) == "DEFAULT" && at(i+1) == "VALUES" {
		in.defaults, in.from, in.to = true, list[i].from, list[i+1].to
		return in
	}
	if at(i) != "(" {
		return in
	}
	in.columns = []string{}
	for i++; i < len(list) && at(i) != ")"; i++ {
		if at(i) != "," {
			in.columns = append(in.columns, unquoted(sql[list[i].from:list[i].to]))
		}
	}
	if i+1 >= len(list) {
		return nil // SQLite says what is wrong with it
	}
	in.list = list[i].from
	in.from, in.to = list[i].to, list[len(list)-1].to
	for depth, i = 0, i+1; i < len(list); i++ {
		switch at(i) {
		case "(":
			depth++
		case ")":
			depth--
		}
		if depth == 0 && (at(i) == "RETURNING" || at(i) == "ON" && at(i+1) == "CONFLICT") {
			in.to = list[i].from
			break
		}
	}
	return in
}

// change brings what is known of tables up to date with a statement that makes, alters or
// drops one.
func change(tables map[string][]defaulted, sql string) {
	list := tokens(sql)
	word := func(i int) string {
		if i < len(list) {
			return list[i].word
		}
		return ""
	}
	name := func(i int) string {
		if i < len(list) {
			return unquoted(sql[list[i].from:list[i].to])
		}
		return ""
	}
	if word(1) != "TABLE" {
		return
	}
	i := 2
	for slices.Contains([]string{"IF", "NOT", "EXISTS"}, word(i)) {
		i++
	}
	if word(i+1) == "." {
		i += 2
	}
	table := fold(name(i))
	switch i++; {
	case word(0) == "DROP":
		delete(tables, table)
	case word(0) == "CREATE" && word(i) == "(":
		tables[table] = declared(sql, list[i+1:])
	case word(i) == "ADD":
		if i++; word(i) == "COLUMN" {
			i++
		}
		if i < len(list) {
			tables[table] = append(slices.Clone(tables[table]), declared(sql, list[i:])...)
		}
	case word(i) == "DROP":
		if i++; word(i) == "COLUMN" {
			i++
		}
		tables[table] = slices.DeleteFunc(slices.Clone(tables[table]), func(d defaulted) bool { return fold(d.name) == fold(name(i)) })
	case word(i) == "RENAME" && word(i+1) == "TO":
		tables[fold(name(i+2))] = tables[table]
		delete(tables, table)
	case word(i) == "RENAME":
		if i++; word(i) == "COLUMN" {
			i++
		}
		tables[table] = slices.Clone(tables[table])
		for at, d := range tables[table] {
			if fold(d.name) == fold(name(i)) {
				tables[table][at].name = name(i + 2)
			}
		}
	}
}

// declared are the columns of a declaration whose DEFAULTs read the clock, up to the
// parenthesis that ends it.
func declared(sql string, list []significant) (columns []defaulted) {
	depth, first := 0, 0
	for i, t := range list {
		switch t.word {
		case "(":
			depth++
		case ")":
			depth--
		}
		switch {
		case depth < 0:
			return columns
		case depth == 0 && t.word == ",":
			first = i + 1
		case depth == 0 && t.word == "DEFAULT" && i+1 < len(list):
			to := list[i+1].to
			for in, j := 0, i+1; j < len(list); j++ {
				switch list[j].word {
				case "(":
					in++
				case ")":
					in--
				case "+", "-":
					continue // a sign
				}
				if to = list[j].to; in <= 0 {
					break
				}
			}
			if d, reads := defaultOf(unquoted(sql[list[first].from:list[first].to]), sql[list[i+1].from:to]); reads {
				d.notNull = notNull(list[first:])
				columns = append(columns, d)
			}
		}
	}
	return columns
}

// notNull reports whether a column's declaration says NOT NULL.
func notNull(list []significant) bool {
	depth := 0
	for i, t := range list {
		switch t.word {
		case "(":
			depth++
		case ")":
			depth--
		}
		if depth < 0 || depth == 0 && t.word == "," {
			return false
		}
		if depth == 0 && t.word == "NOT" && i+1 < len(list) && list[i+1].word == "NULL" {
			return true
		}
	}
	return false
}

// unquoted is a name without its quotes.
func unquoted(name string) string {
	if len(name) < 2 || !strings.ContainsAny(name[:1], "\"'`[") {
		return name
	}
	return strings.ReplaceAll(name[1:len(name)-1], name[:1]+name[:1], name[:1])
}

// fold is a name as SQLite compares names: ASCII letters are the same in both cases.
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, name)
}
