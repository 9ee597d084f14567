package drey

import (
	"context"
	"errors"
	"math"
	"strconv"

	"github.com/Masterminds/squirrel"
)

// TableWrites has what changes the rows of a table.
type TableWrites[S, R any] struct {
	// Update changes the rows that its predicates hold for.
	Update func(assignments ...Assignment[S]) *Mutation[S, R]
	// Delete deletes the rows that its predicates hold for: it removes them, or sets the
	// column of a [SoftDelete].
	Delete func() *Mutation[S, R]
	// Insert inserts rows and writes these columns of them. Without columns it
	// writes all that are not generated. The others get their defaults.
	Insert func(columns ...AnyTarget[S]) *Insertion[S, R]
}

// NewTableWrites makes the writes of a table. fields gives the destinations of a
// scan of all columns; they are the values of an insert, too.
//
//go:noinline
func NewTableWrites[S, R any](r *Relation, fields func(*R, []any) []any) TableWrites[S, R] {
	return tableWrites[S](r, fields, false)
}

// tableWrites makes the writes of a table, of its deleted rows as well or not.
func tableWrites[S, R any](r *Relation, fields func(*R, []any) []any, deleted bool) TableWrites[S, R] {
	return TableWrites[S, R]{
		Update: func(assignments ...Assignment[S]) *Mutation[S, R] {
			return &Mutation[S, R]{change[S]{clauses: clauses[S]{rel: r, deleted: deleted}, update: true, set: assignments}, fields}
		},
		Delete: func() *Mutation[S, R] {
			return &Mutation[S, R]{change[S]{clauses: clauses[S]{rel: r, deleted: deleted}}, fields}
		},
		Insert: func(columns ...AnyTarget[S]) *Insertion[S, R] {
			return &Insertion[S, R]{insertion{rel: r, deleted: deleted, columns: columnsOf[S](columns)}, fields}
		},
	}
}

// Mutation updates or deletes the rows of table S that its predicates hold for.
// Its methods return a new Mutation and leave the old one as it was.
type Mutation[S, R any] struct {
	change[S]
	fields func(*R, []any) []any
}

// change is a Mutation without the type of its rows. As with clauses,
// functions work on it, not methods.
type change[S any] struct {
	clauses[S]
	tenant bool // its first predicate is a tenant's, and does not count
	update bool // or delete
	set    []Assignment[S]
	every  bool // there need be no predicate
	// returned is what is read of each row, nil for all columns.
	returned []operand
}

// Where narrows the change to rows for which all of the predicates hold, those
// of earlier calls included. Absent predicates are left out. If no predicate
// is left, the change is [ErrNoPredicate] when it runs.
func (c *Mutation[S, R]) Where(predicates ...Predicate[S]) *Mutation[S, R] {
	n := *c
	n.where = join(c.where, predicates)
	return &n
}

// EveryRow says that a change without a predicate is meant for all rows of the
// table.
func (c *Mutation[S, R]) EveryRow() *Mutation[S, R] {
	n := *c
	n.every = true
	return &n
}

// Exec runs the change and returns the number of rows that it affected.
//
//go:noinline
func (c *Mutation[S, R]) Exec(ctx context.Context, conn Conn) (int64, error) {
	return execChange(ctx, &c.change, conn)
}

//go:noinline
func execChange[S any](ctx context.Context, c *change[S], conn Conn) (int64, error) {
	n, err := runChange(ctx, c, conn.on(), nil)
	if err != nil {
		return 0, failed(c.rel, err)
	}
	return n, nil
}

// Returning runs the change and returns the rows that it affected, as they are
// after an update and were before they were removed, in no particular order.
//
//go:noinline
func (c *Mutation[S, R]) Returning(ctx context.Context, conn Conn) ([]R, error) {
	changed := []R{}
	err := returnChanged(ctx, &c.change, conn, func(to []any) []any { return grow(&changed, c.fields, to) })
	if err != nil {
		return nil, err
	}
	return changed, nil
}

//go:noinline
func returnChanged[S any](ctx context.Context, c *change[S], conn Conn, next func([]any) []any) error {
	to := make([]any, 0, len(c.rel.Columns))
	of := returnedOf(c.rel, c.returned)
	_, err := runChange(ctx, c, conn.on(), func(from scanRow) (bool, error) { return true, scan(of, from, next(to)) })
	if err != nil {
		return failed(c.rel, err)
	}
	return nil
}

// ToSql renders the change with ? placeholders.
func (c *Mutation[S, R]) ToSql() (string, []any, error) { return changeText(&c.change) }

//go:noinline
func changeText[S any](c *change[S]) (string, []any, error) {
	s, err := renderChange(c, false, math.MaxInt64)
	if err != nil {
		return "", nil, err
	}
	return s.ToSql()
}

// runChange runs the change. It calls f with the changed rows; if f is nil, it
// returns their number.
func runChange[S any](ctx context.Context, c *change[S], s session, f func(scanRow) (bool, error)) (int64, error) {
	var keyBuf [64]byte
	var argBuf [8]any
	returning := f != nil
	key, args, shaped, err := appendChange(c, append(keyBuf[:0], shapeMark), argBuf[:0], returning)
	if err != nil {
		return 0, err
	}
	most := s.of().integers
	n, err := write(ctx, s, key, shaped, args, func() (squirrel.Sqlizer, error) { return renderChange(c, returning, most) }, f)
	return n, raised(err)
}

// appendChange appends the shape of the change and the values that it binds.
func appendChange[S any](c *change[S], key []byte, args []any, returning bool) ([]byte, []any, bool, error) {
	m := modeDelete
	if c.update {
		m = modeUpdate
	}
	if returning {
		m++
	}
	key, shaped := appendShape(&c.clauses, key, numbered, m)
	for i := range c.set {
		if a := &c.set[i].assignment; a.how != assignAbsent {
			var ok bool
			key, ok = a.appendShape(append(key, 1))
			shaped = shaped && ok
			args = a.bound(args)
		}
	}
	key = append(key, 0)
	if shaped {
		args = appendWhereArgs(&c.clauses, args)
	}
	if c.returned != nil && shaped {
		key, args, shaped = appendReturned(key, args, c.returned)
	}
	return key, args, shaped, checkChange(c)
}

// checkChange finds what must not run.
func checkChange[S any](c *change[S]) error {
	predicates := 0
	for i := range c.where {
		if c.where[i].node.op != opAbsent {
			predicates++
		}
	}
	if c.tenant {
		if err := c.where[0].node.refused(); err != nil {
			return err
		}
		predicates--
	}
	if predicates == 0 && !c.every {
		return ErrNoPredicate
	}
	if onlyLive(&c.clauses) {
		if err := checkLive(c); err != nil {
			return err
		}
	}
	if !c.update {
		return nil
	}
	set := func(i int) *assignment { return &c.set[i].assignment }
	if c.tenant {
		if err := assigns(&c.where[0].node, len(c.set), set); err != nil {
			return err
		}
	}
	count, err := assignedIn(len(c.set), set)
	for i := 0; i < len(c.set) && err == nil; i++ {
		if a := set(i); a.how != assignAbsent {
			err = checkUpkeep(c.rel, a, !c.deleted)
		}
	}
	if err == nil && count == 0 {
		err = ErrNoAssignment
	}
	return err
}

func renderChange[S any](c *change[S], returning bool, most int64) (squirrel.Sqlizer, error) {
	if err := checkChange(c); err != nil {
		return nil, err
	}
	var where squirrel.And
	for _, n := range nodes(&c.clauses) {
		where = append(where, n)
	}
	var suffix squirrel.Sqlizer
	if returning {
		suffix = returningSQL(c.rel, c.returned)
	}
	if !c.update && !softly(c) {
		b := squirrel.Delete(c.rel.Name)
		if where != nil {
			b = b.Where(where)
		}
		if returning {
			b = b.SuffixExpr(suffix)
		}
		return b, nil
	}
	b, err := assigning(c, where, most)
	if err != nil {
		return nil, err
	}
	if returning {
		b = b.SuffixExpr(suffix)
	}
	return b, nil
}

// assigning renders the part of an UPDATE up to its WHERE. SQLite changes row by row:
// a query that an assignment has in it would see the rows that are changed already.
// In that case all values are computed first, beside the keys of the rows.
func assigning[S any](c *change[S], where squirrel.And, most int64) (squirrel.UpdateBuilder, error) {
	b := squirrel.Update(c.rel.Name)
	first := squirrel.Select(c.rel.names(c.rel.Key)...).From(c.rel.Name)
	nested := false
	for i := range c.set {
		a := &c.set[i].assignment
		if a.how == assignAbsent {
			continue
		}
		value, err := a.render(scope{most: most})
		if err != nil {
			return b, err
		}
		nested = nested || a.how == assignTerm && a.value.(*computed).nested()
		first = first.Column(squirrel.Alias(value, a.column(i)))
		b = b.Set(a.on.name(), value)
	}
	if !nested {
		b = setStamps(b, c)
		if where != nil {
			b = b.Where(where)
		}
		return b, nil
	}
	if len(c.rel.Key) == 0 {
		return b, errNoKeyToSet
	}
	if where != nil {
		first = first.Where(where)
	}
	b = squirrel.Update(c.rel.Name).FromSelect(first, computedName)
	for i := range c.set {
		if a := &c.set[i].assignment; a.how != assignAbsent {
			b = b.Set(a.on.name(), fragment{text: computedName + "." + a.column(i)})
		}
	}
	b = setStamps(b, c)
	for _, name := range c.rel.names(c.rel.Key) {
		b = b.Where(c.rel.Name + "." + name + " = " + computedName + "." + name)
	}
	return b, nil
}

// computedName is the name of the values that are computed first.
const computedName = `"row's values"`

func (a *assignment) column(i int) string { return `"value ` + strconv.Itoa(i) + `"` }

var errNoKeyToSet = errors.New("an assignment has a query in it, and the table has no key by which its rows are found again")
