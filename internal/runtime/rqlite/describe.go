//go:build !js

package rqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/runtime/internal/remote"
	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// describe settles how the rows of statements are asked for by the declared types of their
// columns, which it finds out. What has none yet does no harm: a table may be made by the
// same batch.
func (c *Cluster) describe(ctx context.Context, list []prepared, needs func(i int, declared string) form) error {
	var asks []prepared
	var of []*text // nil for what tells of the table of the one before
	for i := range list {
		p := &list[i]
		if p.described = true; !p.rows {
			continue
		}
		if now, described := p.text.forms.get(); described {
			if p.asked = now; p.text.kind == sqldriver.Reading {
				p.asked, _ = p.text.forms.beyond(p.text, now, nil, nil, needs)
			}
			continue
		}
		if slices.Contains(of, p.text) {
			continue
		}
		for i, ask := range p.describing() {
			asks, of = append(asks, ask), append(of, []*text{p.text, nil}[i])
		}
	}
	if len(asks) == 0 {
		return nil
	}
	call, err := c.readCall(asks, Weak)
	if err != nil {
		return err
	}
	a, err := c.send(ctx, call)
	if err != nil {
		return err
	}
	if len(a.results) != len(asks) {
		return fmt.Errorf("%w: %d results for %d statements", ErrAnswer, len(a.results), len(asks))
	}
	for i, r := range a.results {
		if err := r.fits(true); err != nil {
			return err
		}
		if r.failure != "" || of[i] == nil {
			continue
		}
		needs := needs
		if i+1 < len(of) && of[i+1] == nil {
			needs = inTable(a.results[i+1])
		}
		now := of[i].forms.describe(of[i], undoubled(r.columns), r.types, needs)
		for j := range list {
			if list[j].rows && list[j].text == of[i] {
				list[j].asked = now
			}
		}
	}
	return nil
}

// undoubled are the names of columns without what a subquery puts after those that come
// again, as in a:1.
func undoubled(names []string) []string {
	names = slices.Clone(names)
	for i, name := range names {
		if at := strings.LastIndexByte(name, ':'); at >= 0 && slices.Contains(names[:i], name[:at]) && strings.Trim(name[at+1:], "0123456789") == "" {
			names[i] = name[:at]
		}
	}
	return names
}

// describing is a query without rows that has the columns of a statement, and for a
// RETURNING another that tells what its table is.
func (p *prepared) describing() []prepared {
	if p.text.kind == sqldriver.Reading {
		inner := strings.TrimRight(p.text.SQL[:remote.End(p.text.SQL)], "; \t\r\n")
		t, err := newText("SELECT * FROM (" + inner + "\n) LIMIT 0")
		if err != nil {
			return nil
		}
		return []prepared{{text: t, args: p.args, rows: true}}
	}
	sql, table, ok := p.text.returned()
	if !ok {
		return nil
	}
	t, err := newText(sql)
	if err != nil {
		return nil
	}
	return []prepared{{text: t, rows: true}, {text: mustText(readTable), args: []driver.Value{table}, rows: true}}
}

// readTable asks whether a name is a table's, 1, and a strict one's, 2.
const readTable = "SELECT (type = 'table') * (1 + strict) FROM pragma_table_list WHERE schema = 'main' AND name = ? COLLATE NOCASE"

// anyBlob reports whether a BLOB is bound.
func anyBlob(args []driver.Value) bool {
	return slices.ContainsFunc(args, func(v driver.Value) bool {
		_, ok := v.([]byte)
		return ok
	})
}
