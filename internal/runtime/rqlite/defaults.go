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

// defaults are what of a schema reads the clock, or a random number. Each node evaluates
// that by itself, so a write that leaves a DEFAULT to them gets it in its text.
type defaults struct {
	mu    sync.Mutex
	read  time.Time // when they were read, zero if they have to be read anew
	known reads
	texts *remote.Texts[*text] // with what they leave out
}

// reads are the columns whose DEFAULT reads the clock or a random number, by table, the
// views that do, and the triggers. Names are folded.
type reads struct {
	tables   map[string][]defaulted
	views    map[string]view
	triggers map[string]trigger
}

// defaulted is a column with such a DEFAULT.
type defaulted struct {
	name, value string
	refused     error // it is random
	notNull     bool  // OR REPLACE puts the DEFAULT in the place of a NULL
	always      bool  // so does every statement that does not say another OR
	at, of      int   // its place among the columns that an INSERT without a list gives; of is 0 where that is not known
}

// fills reports whether a statement with that OR puts the DEFAULT in the place of a NULL,
// see https://www.sqlite.org/lang_conflict.html.
func (d *defaulted) fills(or string) bool {
	return d.notNull && (or == "REPLACE" || or == "" && d.always)
}

// defaultsKept is how long they are taken to be as they were read. A process that changes
// the schema in the meantime is another release's, whose tables this one does not know.
const defaultsKept = time.Minute

// readDefaults finds the columns with a DEFAULT, the views and the triggers.
const readDefaults = `SELECT m.name, x.name, x.dflt_value, x."notnull", m.sql,
	(SELECT count(*) FROM pragma_table_xinfo(m.name) AS y WHERE y.hidden = 0 AND y.cid < x.cid), (SELECT count(*) FROM pragma_table_xinfo(m.name) AS y WHERE y.hidden = 0)
	FROM sqlite_schema AS m JOIN pragma_table_xinfo(m.name) AS x WHERE m.type = 'table' AND x.dflt_value IS NOT NULL
	UNION ALL SELECT name, NULL, type, NULL, sql, NULL, NULL FROM sqlite_schema WHERE type IN ('view', 'trigger')`

// complete puts what writes leave to a DEFAULT into them.
func (c *Cluster) complete(ctx context.Context, list []prepared) error {
	var changed *reads // as the statements before have made the schema
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
				changed = &reads{maps.Clone(known.tables), maps.Clone(known.views), maps.Clone(known.triggers)}
				defer c.defaults.forget()
			}
			changed.change(t.SQL)
			continue
		}
		var err error
		if changed != nil {
			list[i].text, err = changed.completed(t.SQL)
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
func (d *defaults) of(ctx context.Context, c *Cluster) (reads, *remote.Texts[*text], error) {
	d.mu.Lock()
	known, texts, due := d.known, d.texts, time.Since(d.read) > defaultsKept
	d.mu.Unlock()
	if !due {
		return known, texts, nil
	}
	found, err := c.findDefaults(ctx)
	if err != nil {
		if texts == nil || ctx.Err() != nil {
			return reads{}, nil, err
		}
		return known, texts, nil // without a leader nobody has changed them
	}
	texts = &remote.Texts[*text]{Make: found.completed}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.known, d.texts, d.read = found, texts, time.Now()
	return found, texts, nil
}

// findDefaults asks the cluster.
func (c *Cluster) findDefaults(ctx context.Context) (found reads, err error) {
	results, err := c.read(WithLevel(ctx, Weak), []prepared{{text: mustText(readDefaults), rows: true}})
	if err != nil {
		return found, err
	}
	found = reads{map[string][]defaulted{}, map[string]view{}, map[string]trigger{}}
	views := map[string]string{}
	row := make([]driver.Value, 7)
	for rows := results[0].open(); ; {
		if err := rows.Next(row); errors.Is(err, io.EOF) {
			found.addViews(views)
			return found, nil
		} else if err != nil {
			return found, err
		}
		table, _ := row[0].(string)
		sql, _ := row[4].(string)
		name, ok := row[1].(string)
		if !ok && row[2] == "view" {
			views[fold(table)] = sql
			continue
		} else if !ok {
			found.addTrigger(sql)
			continue
		}
		value, _ := row[2].(string)
		d, reads := defaultOf(name, value)
		if !reads {
			continue
		}
		d.notNull = row[3] == int64(1)
		at, _ := row[5].(int64)
		of, _ := row[6].(int64)
		d.at, d.of = int(at), int(of)
		_, columns := created(sql)
		d.always = slices.ContainsFunc(columns, func(c defaulted) bool { return c.always && fold(c.name) == fold(name) })
		found.tables[fold(table)] = append(found.tables[fold(table)], d)
	}
}

// defaultOf is a column with a DEFAULT, if that reads the clock or is random.
func defaultOf(name, value string) (d defaulted, reads bool) {
	update := "UPDATE t SET v = (" + value + ")"
	text, err := fixed(update, time.Time{})
	return defaulted{name: name, value: value, refused: err}, err != nil || text != update
}

// completed is the text of a write with what it leaves to a DEFAULT, and to a view.
func (r *reads) completed(sql string) (t *text, err error) {
	if in := insertOf(sql); in != nil {
		if in.or == "REPLACE" {
			if err := r.replaced(in.table, "INSERT"); err != nil {
				return nil, err
			}
		}
		t, err = in.completed(sql, r.tables[fold(in.table)])
	} else if up := updateOf(sql); up != nil {
		if up.or == "REPLACE" {
			if err := r.replaced(up.table, "UPDATE"); err != nil {
				return nil, err
			}
		}
		t, err = up.completed(sql, r.tables[fold(up.table)])
	} else {
		t, err = newText(sql)
	}
	if err != nil || len(r.views) == 0 {
		return t, err
	}
	return r.withViews(t)
}

// unknown is the error of a statement that puts in the place of a NULL what is not known.
func (d *defaulted) unknown(table, fix string) error {
	if d.refused != nil {
		return fmt.Errorf("a NULL in column %s.%s would become its default: %w", table, d.name, d.refused)
	}
	return fmt.Errorf("%w: a NULL in column %s.%s would become its default, and each node would read its own clock: %s", ErrStatement, table, d.name, fix)
}

func (in *insert) completed(sql string, list []defaulted) (*text, error) {
	var names, values []string
	columns := len(in.columns)
	if in.columns == nil && !in.defaults {
		i := slices.IndexFunc(list, func(d defaulted) bool { return d.fills(in.or) })
		if i < 0 {
			return newText(sql)
		}
		if columns = list[i].of; columns == 0 {
			return nil, list[i].unknown(in.table, "name the columns")
		}
	}
	given := make([]string, columns)
	for i := range given {
		given[i] = fmt.Sprint("c", i)
	}
	nulls := false // a NULL among them would be replaced
	for _, d := range list {
		i := d.at
		if in.columns != nil || in.defaults {
			i = slices.IndexFunc(in.columns, func(name string) bool { return fold(name) == fold(d.name) })
		}
		if i >= 0 {
			if d.fills(in.or) {
				if d.refused != nil {
					return nil, d.unknown(in.table, "")
				}
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
	or       string   // REPLACE for one, "" if it says none
	from, to int      // the place of its VALUES, its SELECT or its DEFAULT VALUES
}

// significant is a token that is neither blank nor comment.
type significant struct {
	from, to int
	word     string // in upper case
}

// tokens are those of a text's first statement.
func tokens(sql string) []significant { return allTokens(sql[:remote.End(sql)]) }

func allTokens(sql string) (list []significant) {
	for at := 0; at < len(sql); {
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
	or := ""
	if at(i) == "REPLACE" {
		or = at(i)
	}
	if i++; at(i) == "OR" {
		or = at(i + 1)
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
	in := &insert{table: unquoted(sql[list[i].from:list[i].to]), to: remote.End(sql), or: or}
	if i++; at(i) == "AS" {
		i += 2
	}
	if at(i) == "DEFAULT" && at(i+1) == "VALUES" {
		in.defaults, in.from, in.to = true, list[i].from, list[i+1].to
		return in
	}
	if at(i) == "(" {
		in.columns = []string{}
		for i++; i < len(list) && at(i) != ")"; i++ {
			if at(i) != "," {
				in.columns = append(in.columns, unquoted(sql[list[i].from:list[i].to]))
			}
		}
	} else {
		i--
	}
	if i+1 >= len(list) {
		return nil // SQLite says what is wrong with it
	}
	if in.list = list[i].from; in.columns == nil {
		in.list = list[i].to
	}
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
