package drey

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/Masterminds/squirrel"
)

// UniqueKey is a primary or unique key of table S, or a partial unique index.
type UniqueKey[S any] struct{ key uniqueKey }

type uniqueKey struct {
	columns []uint16
	where   string // of a partial index, SQL
}

// NewKey returns the unique key of these columns.
func NewKey[S any](columns ...uint16) UniqueKey[S] { return UniqueKey[S]{uniqueKey{columns: columns}} }

// NewPartialKey returns the key of the rows that the condition of a partial unique
// index holds for.
func NewPartialKey[S any](where string, columns ...uint16) UniqueKey[S] {
	return UniqueKey[S]{uniqueKey{columns, where}}
}

// conflict says what happens to a row whose key is there already. It is part
// of the shape key.
type conflict uint8

const (
	conflictFails conflict = iota
	conflictNothing
	conflictUpdate
	conflictReplace
)

// OrIgnore leaves out a row whose key is in the table already. Without an
// argument it looks at all keys of the table. Only one key can be given.
func (i *Insertion[S, R]) OrIgnore(key ...UniqueKey[S]) *Insertion[S, R] {
	n := *i
	n.in.conflict, n.in.target = conflictNothing, uniqueKey{}
	for _, k := range key {
		n.in.target = k.key
	}
	return &n
}

// OrReplace deletes the rows that have one of the keys already, and those that refer to
// them by ON DELETE CASCADE, before it inserts the new row. OrUpdate keeps the row, and
// the columns that are not inserted.
//
// SQL: INSERT OR REPLACE INTO ….
func (i *Insertion[S, R]) OrReplace() *Insertion[S, R] {
	n := *i
	n.in.conflict, n.in.target = conflictReplace, uniqueKey{}
	return &n
}

// OrUpdate updates the row that has the key already: these columns get the new
// row's values. They must be among the columns that are inserted. Without
// columns, all that are inserted are updated except the key's, unless [Insertion.Set]
// says what is.
//
// SQL: ON CONFLICT (key) DO UPDATE SET column = excluded.column.
func (i *Insertion[S, R]) OrUpdate(key UniqueKey[S], columns ...AnyTarget[S]) *Insertion[S, R] {
	n := *i
	n.in.conflict, n.in.target, n.in.update = conflictUpdate, key.key, columnsOf[S](columns)
	return &n
}

// Set says what OrUpdate assigns in the row that has the key already, beside the
// columns that it names. In an expression a column is that of the old row;
// [Excluded] has the new row's. Rows are inserted one after the other: a query in an
// expression sees those before.
//
//	db.Links.Insert().OrUpdate(db.Links.KeySlug, db.Links.URL).
//		Set(drey.SetTo(db.Links.ClickCount, drey.Plus(db.Links.ClickCount, drey.Excluded(db.Links.ClickCount))))
//
// SQL: ON CONFLICT (key) DO UPDATE SET click_count = links.click_count + excluded.click_count.
func (i *Insertion[S, R]) Set(assignments ...Assignment[S]) *Insertion[S, R] {
	n := *i
	n.in.set = withAssignments(n.in.set, assignments)
	return &n
}

// Where has OrUpdate change the old row only if the predicates hold, those of earlier
// calls included. In them a column is that of the old row, as in Set. A row that they
// do not hold for stays as it is, and is not returned.
//
// SQL: ON CONFLICT (key) DO UPDATE SET … WHERE ….
func (i *Insertion[S, R]) Where(predicates ...Predicate[S]) *Insertion[S, R] {
	n := *i
	n.in.where = slices.Clip(n.in.where)
	for p := range predicates {
		if predicates[p].node.op != opAbsent {
			n.in.where = append(n.in.where, predicates[p].node)
		}
	}
	return &n
}

// withAssignments is a list and more, without their source's type and without absent
// ones. It is not nil.
func withAssignments[S any](list []assignment, more []Assignment[S]) []assignment {
	all := make([]assignment, 0, len(list)+len(more))
	all = append(all, list...)
	for i := range more {
		if more[i].assignment.how != assignAbsent {
			all = append(all, more[i].assignment)
		}
	}
	return all
}

// Excluded is the value of a column in the row that was to be inserted, while
// [Insertion.OrUpdate] changes the row that has its key already. It can be in the
// arguments of [Insertion.Set] and [Insertion.Where]; elsewhere it is an error when the
// query runs.
//
// SQL: excluded.column.
func Excluded[S, T, V any](column interface {
	Handle[S, T, V]
	AnyColumn[S]
}) Expression[S, T, V] {
	on := column.place().on
	return expressed[S, T, V](on.with(&newRow{*on}, on.nullable()))
}

// newRow is a column of the new row in a DO UPDATE.
type newRow struct{ of operand }

func (r *newRow) render(in scope) (string, []any, error) {
	if !in.upsert {
		return "", nil, errNoNewRow
	}
	return "excluded." + r.of.name(), nil, nil
}

func (r *newRow) shape(by naming) ([]byte, bool) { return r.of.appendShape([]byte{termNewRow}, by) }
func (r *newRow) bound() []any                   { return nil }
func (r *newRow) source() *Relation              { return r.of.rel }
func (r *newRow) nested() bool                   { return false }
func (r *newRow) walk(func(term))                {}

var (
	errNoNewRow = errors.New("Excluded is for what OrUpdate changes: its Set and Where")
	errNoUpdate = errors.New("Set and Where of an Insert say what OrUpdate changes, and there is no OrUpdate")
)

// updated returns the columns that a conflict updates with the new row's.
func (i *insertion) updated(columns []uint16) []uint16 {
	if i.conflict != conflictUpdate {
		return nil
	}
	if len(i.update) == 0 && i.set == nil {
		cols := make([]uint16, 0, len(columns))
		for _, col := range columns {
			if u := i.rel.upkeep(); !slices.Contains(i.target.columns, col) && (i.tenant == nil || i.tenant.on.col != col) && !u.Updated.is(col) && !u.Version.is(col) {
				cols = append(cols, col)
			}
		}
		return cols
	}
	return i.update
}

// guards reports whether a conflict may only update a row of the tenant's.
func (i *insertion) guards() bool { return i.tenant != nil && i.conflict == conflictUpdate }

// conflicts reports whether the statement has an ON CONFLICT.
func (i *insertion) conflicts() bool {
	return i.conflict == conflictNothing || i.conflict == conflictUpdate
}

// stamps are what a conflict sets besides what the caller says.
func (i *insertion) stamps(columns []uint16) []stamped {
	if i.conflict != conflictUpdate {
		return nil
	}
	updated := i.updated(columns)
	return i.rel.upkeep().stamps(i.rel, i.old()+".", func(col uint16) bool {
		return slices.Contains(updated, col) || slices.ContainsFunc(i.set, func(a assignment) bool { return a.on.col == col })
	})
}

// onlyLive reports whether a conflict with a deleted row is an error.
func (i *insertion) onlyLive() bool { return !i.deleted && i.rel.upkeep().Deleted != nil }

// checkConflict finds what must not run.
func (i *insertion) checkConflict(columns []uint16) error {
	if i.conflict == conflictReplace && i.onlyLive() {
		return errReplace
	}
	if i.conflict != conflictUpdate {
		if i.set != nil || i.where != nil {
			return errNoUpdate
		}
		return nil
	}
	if _, err := assignedIn(len(i.set), func(n int) *assignment { return &i.set[n] }); err != nil {
		return err
	}
	for n := range i.set {
		if err := checkUpkeep(i.rel, &i.set[n], !i.deleted); err != nil {
			return err
		}
	}
	updated := i.updated(columns)
	for _, col := range updated {
		if i.rel.upkeep().Version.is(col) {
			return fmt.Errorf("%w: %s", errVersion, i.rel.Columns[col])
		}
		if !slices.Contains(columns, col) {
			return fmt.Errorf("%w: %s", ErrNotInserted, i.rel.Columns[col])
		}
		if slices.ContainsFunc(i.set, func(a assignment) bool { return a.on.col == col }) {
			return fmt.Errorf("%w: %s", ErrAssignedTwice, i.rel.Columns[col])
		}
	}
	if len(i.set)+len(updated)+len(i.stamps(columns)) == 0 {
		return ErrNoAssignment
	}
	return nil
}

// appendConflict appends what the SQL of ON CONFLICT depends on. It reports false if
// a part of it does not have a shape.
func (i *insertion) appendConflict(key []byte, columns []uint16) ([]byte, bool) {
	key = append(key, byte(i.conflict)|bit(i.deleted)<<6|bit(i.guards())<<7)
	key = appendColumns(appendColumns(key, i.target.columns), i.updated(columns))
	key = append(binary.AppendUvarint(key, uint64(len(i.target.where))), i.target.where...)
	key, ok := appendAssignments(key, i.set)
	key = binary.AppendUvarint(key, uint64(len(i.where)))
	for n := range i.where {
		if !ok {
			break
		}
		key, ok = i.where[n].appendShape(key, numbered)
	}
	return key, ok
}

func appendColumns(key []byte, columns []uint16) []byte {
	key = binary.AppendUvarint(key, uint64(len(columns)))
	for _, col := range columns {
		key = binary.AppendUvarint(key, uint64(col))
	}
	return key
}

func appendAssignments(key []byte, list []assignment) ([]byte, bool) {
	for n := range list {
		var ok bool
		if key, ok = list[n].appendShape(append(key, 1)); !ok {
			return key, false
		}
	}
	return append(key, 0), true
}

// conflictArgs appends what ON CONFLICT binds.
func (i *insertion) conflictArgs(args []any) []any {
	for n := range i.set {
		args = i.set[n].bound(args)
	}
	if i.guards() {
		args = append(args, i.tenant.vals[0])
	}
	for n := range i.where {
		args = i.where[n].appendArgs(args)
	}
	return args
}

// old is the name of the row that is there already. In a table called excluded, excluded
// would be that row.
func (i *insertion) old() string {
	if strings.EqualFold(i.rel.Name, `"excluded"`) {
		return `"old row"`
	}
	return i.rel.Name
}

// onConflict renders ON CONFLICT.
func (i *insertion) onConflict(columns []uint16, most int64) (squirrel.Sqlizer, error) {
	target := ""
	if i.target.columns != nil {
		target = " (" + strings.Join(i.rel.names(i.target.columns), ", ") + ")"
	}
	if i.target.where != "" {
		target += " WHERE " + i.target.where
	}
	if i.conflict == conflictNothing {
		return fragment{text: "ON CONFLICT" + target + " DO NOTHING"}, nil
	}
	in := scope{table: i.old() + ".", upsert: true, most: most}
	parts, before := []any{fragment{text: "ON CONFLICT" + target + " DO UPDATE SET "}}, ""
	for _, col := range i.updated(columns) {
		parts = append(parts, fragment{text: before + i.rel.Columns[col] + " = excluded." + i.rel.Columns[col]})
		before = ", "
	}
	for n := range i.set {
		a := &i.set[n]
		value, err := a.render(in)
		if err != nil {
			return nil, err
		}
		parts = append(parts, fragment{text: before + a.on.name() + " = "}, value)
		before = ", "
	}
	for _, s := range i.stamps(columns) {
		parts = append(parts, fragment{text: before + s.column + " = " + s.value})
		before = ", "
	}
	var where squirrel.And
	if i.guards() {
		where = append(where, i.ofTenant(in))
	}
	if i.onlyLive() {
		live := i.rel.live()
		text, _, err := live.render(in)
		if err != nil {
			return nil, err
		}
		where = append(where, fragment{text: "CASE WHEN " + text + " THEN TRUE ELSE " + raise(deletedMark, i.rel.Name) + " END"})
	}
	if where = append(where, conjunction[squirrel.And](i.where, in)...); len(where) > 0 {
		parts = append(parts, fragment{text: " WHERE "}, where)
	}
	return squirrel.ConcatExpr(parts...), nil
}
