package drey

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/Masterminds/squirrel"

	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// InsertSelect inserts the rows that a query selects. values say which columns get what
// of them; Values of the insertion can add constants, and its OrIgnore and OrUpdate hold.
// Exec and Returning of the result take no rows. The table may be the one that is
// selected from.
//
//	n, err := drey.InsertSelect(db.Archive.Insert(), db.Links.Where(db.Links.IsActive.Eq(false)),
//		drey.SetFrom(db.Archive.Slug, drey.Lower(db.Links.Slug)),
//		drey.SetFrom(db.Archive.Clicks, db.Links.ClickCount),
//	).Exec(ctx, c)
//
// SQL: INSERT INTO archive (slug, clicks) SELECT lower(slug), click_count FROM links WHERE ….
func InsertSelect[S, R, S2, R2 any](into *Insertion[S, R], q *Query[S2, R2], values ...AssignmentFrom[S, S2]) *Insertion[S, R] {
	from := &selecting[S2]{q: q.clauses}
	for i := range values {
		from.of = append(from.of, values[i].computed)
		if t := into.in.tenant; t != nil && from.err == nil && values[i].computed.column.col == t.on.col {
			from.err = fmt.Errorf("%w: %s is assigned", ErrTenant, t.on.name())
		}
		if from.err == nil {
			from.err = values[i].err
		}
	}
	switch {
	case q.rel == nil:
		from.err = errNoSource
	case len(into.in.columns) > 0 || into.in.from != nil:
		from.err = errColumnsOfSelect
	case len(values) == 0:
		from.err = errNoColumns
	}
	n := *into
	n.in.from = from
	if t := into.in.tenant; t != nil {
		n.in.values = append(slices.Clip(n.in.values), assignment{on: t.on, how: assignValue, value: t.vals[0]})
	}
	return &n
}

// AssignmentFrom gives a column of table S a value from a row of source S2. It is made
// by [SetFrom].
type AssignmentFrom[S, S2 any] struct {
	computed computed
	err      error
}

// SetFrom gives a column of an [InsertSelect] the value of a handle on what is selected.
// A value outside of the range of T, or one that is not finite, is [ErrOutOfRange].
func SetFrom[S, S2, T, V any](column Target[S, T, V], value Handle[S2, T, V]) AssignmentFrom[S, S2] {
	a := AssignmentFrom[S, S2]{computed: computed{*value.place().on, *column.place().on, reflect.TypeFor[T]()}}
	if a.computed.dated() != a.computed.column.dated() {
		a.err = sqldriver.ErrDateAndTime
	}
	return a
}

var (
	errColumnsOfSelect = errors.New("InsertSelect says which columns are inserted, once; Insert names none")
	errNoRows          = errors.New("an INSERT of no rows")
	errRowsOfSelect    = errors.New("InsertSelect inserts what a query selects, and got rows beside it")
)

// rowSource is a query whose rows are inserted.
type rowSource interface {
	// columns are those that it gives values.
	columns() []uint16
	appendShape(key []byte) ([]byte, bool)
	appendArgs(args []any) []any
	// check finds what must not run on an engine.
	check(on *engine) error
	render(most int64) (squirrel.SelectBuilder, error)
}

// selecting is a query of source S.
type selecting[S any] struct {
	q   clauses[S]
	of  []computed
	err error
}

func (s *selecting[S]) columns() []uint16 {
	columns := make([]uint16, len(s.of))
	for i := range s.of {
		columns[i] = s.of[i].column.col
	}
	return columns
}

// reading is the query for the values.
func (s *selecting[S]) reading(most int64) *clauses[S] {
	of := make([]operand, len(s.of))
	for i := range s.of {
		if of[i] = s.of[i].operand; s.of[i].check(most) != "" {
			of[i] = operand{rel: of[i].rel, ex: &expression{term: &readable{s.of[i], most}}}
		}
	}
	q := s.q
	q.made = q.made.reading(of)
	return &q
}

// readable is a computed, for an engine with integers up to most.
type readable struct {
	computed
	most int64
}

func (r *readable) render(in scope) (string, []any, error) {
	in.most = r.most
	return r.computed.render(in)
}

func (s *selecting[S]) appendShape(key []byte) ([]byte, bool) {
	return appendShape(s.reading(math.MaxInt64), key, numbered, modeRows)
}

func (s *selecting[S]) appendArgs(args []any) []any {
	return appendArgs(s.reading(math.MaxInt64), args, modeRows)
}

func (s *selecting[S]) check(on *engine) error {
	switch {
	case s.err != nil:
		return s.err
	case s.q.limit < 0 || s.q.offset < 0:
		return ErrNegativeLimit
	case s.q.wide != nil && on.integers <= exactIntegers:
		return s.q.wide
	}
	return nil
}

func (s *selecting[S]) render(most int64) (squirrel.SelectBuilder, error) {
	return selectionOf(s.reading(most), modeRows)
}

// checkFrom finds what must not run on an engine.
func (i *insertion) checkFrom(rows int, on *engine) error {
	if rows > 0 {
		return errRowsOfSelect
	}
	return i.from.check(on)
}

// runFrom inserts what a query selects.
func (i *insertion) runFrom(ctx context.Context, s session, rows int, f func(scanRow) (bool, error)) (int64, error) {
	if err := i.checkFrom(rows, s.of()); err != nil {
		return 0, err
	}
	columns, err := i.numbers()
	if err != nil {
		return 0, err
	}
	return i.run(ctx, s, columns, 0, i.appendArgs(i.from.appendArgs(nil)), f)
}

// written are the columns that are written, if those are given by the rows: first those
// that get the rows' own values.
func (i *insertion) written(given []uint16) ([]uint16, error) {
	if err := i.checkTenant(); err != nil {
		return nil, err
	}
	if len(i.values) == 0 {
		return given, nil
	}
	if _, err := assignedIn(len(i.values), func(n int) *assignment { return &i.values[n] }); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(i.values, func(a assignment) bool { return a.how == assignExpected }) {
		return nil, errExpect
	}
	columns := make([]uint16, 0, len(given)+len(i.values))
	for _, col := range given {
		if !slices.ContainsFunc(i.values, func(a assignment) bool { return a.on.col == col }) {
			columns = append(columns, col)
		}
	}
	for n := range i.values {
		columns = append(columns, i.values[n].on.col)
	}
	return columns, nil
}

// insertRows is the name of the rows of which Values makes others. No table has that name.
const insertRows = `"insert's rows"`

// selects renders the SELECT of an INSERT. A condition keeps ON CONFLICT from being read
// as the ON of a join; see https://www.sqlite.org/lang_upsert.html#parsing_ambiguity.
func (i *insertion) selects(given, written []uint16, rows int, args []any, most int64) (squirrel.SelectBuilder, error) {
	var from squirrel.SelectBuilder
	var err error
	if i.from != nil {
		if from, err = i.from.render(most); err != nil {
			return from, err
		}
	}
	if len(i.values) == 0 {
		if i.conflicts() {
			from = from.Where("true")
		}
		return from, nil
	}
	var inner squirrel.Sqlizer = from
	if i.from == nil {
		row := "(" + squirrel.Placeholders(len(given)) + ")"
		inner = fragment{"VALUES " + strings.Repeat(", "+row, rows)[2:], args[:rows*len(given)]}
	}
	sel := squirrel.Select().From(insertRows + " AS " + i.rel.Name).PrefixExpr(squirrel.ConcatExpr(
		"WITH "+insertRows+" ("+strings.Join(i.rel.names(given), ", ")+") AS (", inner, ")"))
	in := scope{table: i.rel.Name + ".", most: most}
	for _, col := range written[:len(written)-len(i.values)] {
		sel = sel.Column(in.table + i.rel.Columns[col])
	}
	for n := range i.values {
		value, err := i.values[n].render(in)
		if err != nil {
			return sel, err
		}
		sel = sel.Column(value)
	}
	if i.conflicts() {
		sel = sel.Where("true")
	}
	return sel, nil
}
