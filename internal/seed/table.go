package seed

import (
	"cmp"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/checks"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/stored"
)

// table is a table that is being filled.
type table struct {
	*seeder
	*schema.Table
	columns []*column
	written []schema.Column // of columns
	units   []*unit         // in the order in which they are drawn
	keys    []*key
	pairs   [][2]int
	rowid   int // the column that is one, or -1
	nextID  int64
	serial  uint64 // after which the values that are all different begin
	row     *row
	rows    int  // that are there of this run
	had     bool // it had others before

	conn       *sql.Conn
	statements map[int]*sql.Stmt // by the number of rows
	insert     string
	batch      [][]any
	size       int // of the next batch
}

// The sizes of a batch. One that fails is inserted row by row, and the next is smaller.
const (
	maxBatch      = 250
	maxParameters = 30_000
)

// attempts are how often the columns at fault are drawn again before the solver tries.
const (
	attempts = 40
	solved   = 2000
)

// errIgnored: a trigger leaves out a row.
var errIgnored = errors.New("a trigger ignores the row: RAISE(IGNORE)")

func (s *seeder) table(conn *sql.Conn, t *schema.Table, p *plan) (*table, error) {
	f := &table{seeder: s, Table: t, conn: conn, statements: map[int]*sql.Stmt{}, rowid: -1, size: 1}
	out := unwritten(s.schema, t)
	for _, c := range t.Columns {
		if !out[sqltext.Fold(c.Name)] {
			f.columns = append(f.columns, &column{Column: c})
			f.written = append(f.written, c)
		}
	}
	f.row = newRow(s.options.Seed, t.Name, len(f.columns))
	names := make([]string, len(f.columns))
	for i, c := range f.columns {
		names[i] = sqltext.Quote(c.Name)
	}
	f.insert = fmt.Sprintf("INSERT INTO %s (%s) VALUES ", sqltext.Quote(t.Name), strings.Join(names, ", "))
	if slices.ContainsFunc(sqltext.Significant(t.SQL), func(t sqltext.Token) bool { return t.Is("CONFLICT") }) {
		f.insert = "INSERT OR ABORT" + strings.TrimPrefix(f.insert, "INSERT") // REPLACE and IGNORE lose rows
	}
	f.pairs = ordered(t, f.at)
	have, next, err := s.state(conn, t) // triggers may have written to it
	if err != nil {
		return nil, err
	}
	f.had = have > 0
	if f.nextID = next; p.told[t] {
		f.nextID = p.first[t]
	}
	f.serial = uint64(max(have, next-1, 0))
	if err := f.relate(p); err != nil {
		return nil, err
	}
	if err := f.supply(); err != nil {
		return nil, err
	}
	f.identify()
	return f, nil
}

// at is where a column is in a row, -1 if it is not written.
func (f *table) at(name string) int {
	return slices.IndexFunc(f.columns, func(c *column) bool { return sqltext.EqualFold(c.Name, name) })
}

// relate reads the keys of the parents, and makes the units.
func (f *table) relate(p *plan) error {
	for i, c := range f.columns {
		typ := f.types(f.Table, &c.Column)
		c.nullable = !c.NotNull && typ.Nullable && !checks.Of(f.Table).NotNull(&c.Column) &&
			!slices.ContainsFunc(f.PrimaryKey, func(n string) bool { return sqltext.EqualFold(n, c.Name) })
		if c.nullable {
			c.nulls = nullsOf(c.Name)
		}
		f.units = append(f.units, &unit{columns: []int{i}})
		if !c.RowIDAlias {
			continue
		}
		d := domainOf(f.Table, &c.Column)
		if p.told[f.Table] || !d.ends() {
			f.rowid = i
		}
		if !p.told[f.Table] && d.min > float64(f.nextID) && d.min < math.MaxInt32 {
			f.nextID = int64(math.Ceil(d.min))
		}
	}
	fks := slices.Clone(f.ForeignKeys)
	slices.SortStableFunc(fks, func(a, b schema.ForeignKey) int { return cmp.Compare(len(b.From), len(a.From)) })
	for _, fk := range fks {
		k := &foreign{ForeignKey: fk, nulls: someNulls}
		for _, name := range fk.From {
			i := f.at(name)
			if i < 0 {
				k = nil // a generated column, or one that a trigger sets
				break
			}
			k.columns = append(k.columns, i)
			if f.columns[i].nullable {
				k.nullable = append(k.nullable, i)
				k.nulls = max(k.nulls, f.columns[i].nulls)
			}
		}
		if k == nil {
			continue
		}
		if err := f.keysOf(k, p); err != nil {
			return err
		}
		f.join(k)
	}
	// What refers to the row itself is drawn after the row.
	slices.SortStableFunc(f.units, func(a, b *unit) int { return cmp.Compare(a.rank(), b.rank()) })
	return nil
}

func (u *unit) rank() int {
	switch {
	case slices.ContainsFunc(u.foreign, func(k *foreign) bool { return k.own != nil }):
		return 2
	case len(u.foreign) == 0:
		return 1
	}
	return 0
}

// join puts a foreign key into the unit of its columns.
func (f *table) join(k *foreign) {
	joined := &unit{}
	f.units = slices.DeleteFunc(f.units, func(u *unit) bool {
		if !slices.ContainsFunc(u.columns, func(i int) bool { return slices.Contains(k.columns, i) }) {
			return false
		}
		for n, i := range k.columns {
			if len(u.foreign) > 0 && slices.Contains(u.columns, i) {
				k.fixed = append(k.fixed, n)
			}
		}
		joined.columns = append(joined.columns, u.columns...)
		joined.foreign = append(joined.foreign, u.foreign...)
		return true
	})
	joined.foreign = append(joined.foreign, k)
	f.units = append(f.units, joined)
}

// keysOf finds what a foreign key may refer to.
func (f *table) keysOf(k *foreign, p *plan) (err error) {
	parent := f.schema.Table(k.Table)
	if parent == nil || parent.Kind != schema.KindTable || slices.Contains(k.To, "") {
		return nil // only NULL is left
	}
	if parent != f.Table {
		k.keys, err = p.keys(f.ctx, f.conn, parent, k.To)
	} else {
		k.keys, err = readKeys(f.ctx, f.conn, parent, k.To)
		for _, name := range k.To {
			k.own = append(k.own, f.at(name))
		}
		if slices.Contains(k.own, -1) {
			k.own = nil
		}
		k.once = slices.ContainsFunc(f.UniqueKeys(), func(key []string) bool {
			return !slices.ContainsFunc(key, func(name string) bool { return !slices.Contains(k.columns, f.at(name)) })
		})
	}
	k.even = p.even[f.Table] == parent
	return err
}

// supply gives the columns their sources.
func (f *table) supply() error {
	r := newRow(f.options.Seed, f.Name, len(f.columns))
	for _, u := range f.units {
		if len(u.foreign) > 0 || u.columns[0] == f.rowid {
			continue
		}
		c := f.columns[u.columns[0]]
		typ := f.types(f.Table, &c.Column)
		b, err := f.judge.bench(f.Table, &c.Column, stored.FormOf(typ, c.Affine()))
		if err != nil {
			return err
		}
		list := sources(f.Table, &c.Column, typ, domainOf(f.Table, &c.Column))
		if c.source, err = b.choose(f.Table, &c.Column, list, inUnique(f.Table, c.Name), r); err != nil {
			return err
		}
		if c.source == nil && !c.nullable && len(list) > 0 {
			c.source = list[0] // the solver may know better; or SQLite says what is wrong
		}
	}
	for _, ix := range f.Indexes {
		if ix.Unique {
			f.carry(indexed(&ix))
		}
	}
	f.carry(f.PrimaryKey) // without an index it is the rowid
	return nil
}

// carry makes the values of one column of a unique key all different, if its source can
// and the key does not have such a column.
func (f *table) carry(names []string) {
	var last *column
	for _, u := range f.units {
		c := f.columns[u.columns[0]]
		if len(u.foreign) > 0 || !slices.ContainsFunc(names, func(n string) bool { return sqltext.EqualFold(n, c.Name) }) {
			continue
		}
		if u.columns[0] == f.rowid || c.another {
			return
		}
		if c.source != nil && c.source.another != nil {
			last = c
		}
	}
	if last != nil {
		last.another = true
	}
}

// identify makes the keys of units that have few values.
func (f *table) identify() {
	add := func(name string, columns []string) {
		var units []*unit
		left := 0
		for _, u := range f.units {
			n := 0
			for _, i := range u.columns {
				if slices.ContainsFunc(columns, func(name string) bool { return sqltext.EqualFold(name, f.columns[i].Name) }) {
					n++
				}
			}
			if n > 0 && (n < len(u.columns) || u.key != nil || slices.ContainsFunc(u.foreign, func(k *foreign) bool { return k.own != nil })) {
				return
			}
			if n > 0 {
				units = append(units, u)
				left += n
			}
		}
		if len(units) == 0 || left < len(columns) {
			return
		}
		if k := newKey(f.row, name, units, f.columns); k != nil {
			for _, u := range units {
				u.key = k
			}
			f.keys = append(f.keys, k)
		}
	}
	for _, columns := range f.UniqueKeys() {
		add("UNIQUE ("+strings.Join(columns, ", ")+")", columns)
	}
}

// limit is the number of rows that the keys leave room for, and the key; -1 for any.
func (f *table) limit() (n int64, by *key) {
	n = -1
	for _, k := range f.keys {
		nullable := slices.ContainsFunc(k.units, func(u *unit) bool {
			return !slices.ContainsFunc(u.columns, func(i int) bool { return !f.columns[i].nullable })
		})
		if !nullable && (n < 0 || int64(k.total) < n) {
			n, by = int64(k.total), k
		}
	}
	return n, by
}

// draw draws a unit, and those of its key.
func (f *table) draw(u *unit) {
	r := f.row
	if u.key != nil {
		if !u.key.draw(r, f.columns) {
			for _, u := range u.key.units {
				f.free(u)
			}
		}
		return
	}
	f.free(u)
}

// free draws a unit without regard to its key: NULL, if that can be, of which a unique
// key takes any number.
func (f *table) free(u *unit) {
	r := f.row
	if u.key != nil && !slices.ContainsFunc(u.columns, func(i int) bool { return !f.columns[i].nullable }) {
		for _, i := range u.columns {
			r.values[i] = nil
		}
		return
	}
	if len(u.foreign) > 0 {
		for range attempts {
			ok := true
			for _, k := range u.foreign {
				ok = k.draw(r, f.rows+len(f.batch)) && ok
			}
			if ok {
				return
			}
		}
		return
	}
	i := u.columns[0]
	c := f.columns[i]
	switch {
	case i == f.rowid:
		r.values[i] = f.nextID
		f.nextID++
	case c.nullable && r.Float64() < c.nulls, c.source == nil:
		r.values[i] = nil
	case c.another:
		c.serial++
		r.values[i] = c.source.another(r, f.serial+c.serial)
	default:
		r.values[i] = c.source.draw(r)
	}
}

// make makes the next row.
func (f *table) make() {
	f.row.begin()
	drawn := map[*key]bool{}
	for _, u := range f.units {
		if u.key == nil || !drawn[u.key] {
			f.draw(u)
		}
		if u.key != nil {
			drawn[u.key] = true
		}
	}
	f.order()
}

// order swaps values that are the wrong way round.
func (f *table) order() {
	for _, p := range f.pairs {
		v := f.row.values
		if less(v[p[1]], v[p[0]]) && f.loose(p[0]) && f.loose(p[1]) {
			v[p[0]], v[p[1]] = v[p[1]], v[p[0]]
		}
	}
}

// loose reports whether a column is not in a key.
func (f *table) loose(i int) bool {
	return i != f.rowid && !f.columns[i].another && !inKey(f.Table, f.columns[i].Name)
}
