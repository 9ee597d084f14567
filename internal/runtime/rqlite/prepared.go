//go:build !js

package rqlite

import (
	"database/sql"
	"database/sql/driver"
	"fmt"
	"strings"
	"time"

	"github.com/dreysql/drey/internal/runtime/internal/remote"
	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

type sqlValue = driver.Value

// prepared is a statement that can be sent.
type prepared struct {
	text *text
	args []driver.Value
	rows bool
	// asked is how the rows are asked for, nil for as they are.
	asked     *asked
	described bool // for this call
}

// prepare converts the arguments of a statement as database/sql does.
func (c *Cluster) prepare(s Statement) (prepared, error) {
	named := make([]driver.NamedValue, len(s.Args))
	for i, arg := range s.Args {
		named[i].Ordinal = i + 1
		if a, ok := arg.(sql.NamedArg); ok {
			named[i].Name, arg = a.Name, a.Value
		}
		var err error
		if named[i].Value, err = sqldriver.Bindable(arg); err != nil {
			return prepared{}, fmt.Errorf("argument %d: %w", i+1, err)
		}
	}
	return c.bind(s.SQL, named, s.Rows)
}

// bind gives a text its arguments.
func (c *Cluster) bind(query string, args []driver.NamedValue, rows bool) (prepared, error) {
	t, err := c.texts.Of(query)
	if err != nil {
		return prepared{}, err
	}
	return bound(t, args, rows)
}

func bound(t *text, args []driver.NamedValue, rows bool) (p prepared, err error) {
	if err := sqldriver.BindAll(t.SQL, args); err != nil {
		return p, err
	}
	p.text, p.rows = t, rows
	if len(args) == 0 && strings.EqualFold(remote.First(t.SQL), "EXPLAIN") { // it runs nothing
		p.args = make([]driver.Value, t.Count)
		return p, nil
	}
	p.args, err = t.Arguments(args)
	return p, err
}

// moment is what a text is for a write at a time.
type moment struct {
	now  time.Time
	text *text // the text itself if it does not read the clock, at whatever time
}

// at is the text for a write at a time.
func (t *text) at(now time.Time) (*text, error) {
	if m := t.last.Load(); m != nil && (m.text == t || m.now.Equal(now)) {
		return m.text, nil
	}
	sql, err := fixed(t.SQL, now)
	if err != nil {
		return nil, err
	}
	m := &moment{now, t}
	if sql != t.SQL {
		if m.text, err = newText(sql); err != nil {
			return nil, err
		}
	}
	t.last.Store(m)
	return m.text, nil
}
