package drey

import (
	"errors"
	"fmt"

	"github.com/Masterminds/squirrel"
)

// Upkeep has the columns of a table that the runtime keeps up itself, as sqlc.yaml says.
type Upkeep struct {
	Deleted *Stamp // says since when a row is deleted, and is NULL in a live row
	Updated *Stamp // says when a row was changed last
	Version *Stamp // counts the changes of a row; it does not have SQL
}

// Stamp is a column, and the SQL of what it gets: the present time in the column's form.
type Stamp struct {
	Column uint16
	SQL    string
}

var noUpkeep Upkeep

// upkeep is that of the table, empty if it does not have any.
func (r *Relation) upkeep() *Upkeep {
	if r == nil || r.Upkeep == nil {
		return &noUpkeep
	}
	return r.Upkeep
}

// is reports whether the stamp is of the column.
func (s *Stamp) is(col uint16) bool { return s != nil && s.Column == col }

// SoftDelete is in the source of a table whose rows are deleted by a time in a column of
// theirs.
//
// The source has the live rows alone, in whatever begins with it: queries, those inside
// other queries, relations, sets and groups, Update and Delete. Its Delete sets the
// column, and Returning of that returns the rows as they are afterwards. An OrUpdate that
// meets a deleted row is [ErrDeleted].
type SoftDelete[S, R any] struct{ whole *WholeTable[S, R] }

// NewSoftDelete makes the part of a table's source that leads to its deleted rows.
func NewSoftDelete[S, R any](r *Relation, fields func(*R, []any) []any) SoftDelete[S, R] {
	w := &WholeTable[S, R]{Query: *NewQuery[S](r, fields), TableWrites: tableWrites[S](r, fields, true)}
	w.Query.deleted = true
	return SoftDelete[S, R]{w}
}

// WithDeleted is the table with its deleted rows. It is the way to read them, to restore
// them and to remove rows for good:
//
//	all, err := db.Links.WithDeleted().Where(db.Links.UserID.Eq(7)).All(ctx, c)
//	_, err = db.Links.WithDeleted().Update(db.Links.DeletedAt.SetNull()).Where(db.Links.ID.Eq(1)).Exec(ctx, c)
//	_, err = db.Links.WithDeleted().Delete().Where(db.Links.DeletedAt.Lt(lastYear)).Exec(ctx, c)
func (s *SoftDelete[S, R]) WithDeleted() *WholeTable[S, R] { return s.whole }

// WholeTable is a table with its deleted rows, see [SoftDelete].
type WholeTable[S, R any] struct {
	Query[S, R]
	TableWrites[S, R]
}

// ScopedLive is a table whose rows belong to tenants, and are deleted by a time in a
// column of theirs: see [Scoped] and [SoftDelete].
type ScopedLive[S, R any] struct{ Scoped[S, R] }

// NewScopedLive is [NewScoped] of the rows that are not deleted.
func NewScopedLive[S, R any](r *Relation, fields func(*R, []any) []any, of ...Predicate[S]) *ScopedLive[S, R] {
	return &ScopedLive[S, R]{*NewScoped(r, fields, of...)}
}

// WithDeleted is the same with the deleted rows, see [SoftDelete.WithDeleted].
func (t *ScopedLive[S, R]) WithDeleted() *Scoped[S, R] {
	n := t.Scoped
	n.deleted = true
	return &n
}

// live is the condition that a row of the table is not deleted.
func (r *Relation) live() node {
	return node{on: operand{rel: r, col: r.Upkeep.Deleted.Column}, op: opIsNull}
}

// onlyLive reports whether the query reads the rows of a table that are not deleted. If its
// rows are those of other queries, each of these has a scope of its own.
func onlyLive[S any](q *clauses[S]) bool {
	return !q.deleted && q.rel.upkeep().Deleted != nil && q.made.grouped() == nil && q.made.from() == nil
}

// nodes are the predicates that the query has, and its scope.
func nodes[S any](q *clauses[S]) (list []node) {
	if onlyLive(q) {
		list = append(list, q.rel.live())
	}
	for i := range q.where {
		if n := q.where[i].node; n.op != opAbsent {
			list = append(list, n)
		}
	}
	return list
}

// softly reports whether the change is a Delete that sets a column.
func softly[S any](c *change[S]) bool {
	return !c.update && !c.deleted && c.rel.upkeep().Deleted != nil
}

// stamps are what a change of rows sets besides what its caller assigns. table stands in
// front of a column.
func (u *Upkeep) stamps(r *Relation, table string, assigned func(col uint16) bool) (list []stamped) {
	if s := u.Updated; s != nil && !assigned(s.Column) {
		list = append(list, stamped{r.Columns[s.Column], "(" + s.SQL + ")"})
	}
	if s := u.Version; s != nil && !assigned(s.Column) {
		name := r.Columns[s.Column]
		list = append(list, stamped{name, table + name + " + 1"})
	}
	return list
}

// stamped is a column, and the SQL of its value.
type stamped struct{ column, value string }

// setStamps adds to an UPDATE what it sets of its own.
func setStamps[S any](b squirrel.UpdateBuilder, c *change[S]) squirrel.UpdateBuilder {
	u := c.rel.upkeep()
	if softly(c) {
		b = b.Set(c.rel.Columns[u.Deleted.Column], fragment{text: "(" + u.Deleted.SQL + ")"})
	}
	for _, s := range u.stamps(c.rel, c.rel.Name+".", func(col uint16) bool {
		for i := range c.set {
			if a := &c.set[i].assignment; a.how != assignAbsent && a.on.col == col {
				return true
			}
		}
		return false
	}) {
		b = b.Set(s.column, fragment{text: s.value})
	}
	return b
}

// checkUpkeep finds an assignment that the columns of an upkeep do not take. live says
// that it is for rows that are not deleted.
func checkUpkeep(r *Relation, a *assignment, live bool) error {
	u := r.upkeep()
	switch {
	case u.Version.is(a.on.col) && a.how != assignExpected:
		return fmt.Errorf("%w: %s", errVersion, a.on.name())
	case live && u.Deleted.is(a.on.col) && (a.how == assignDefault || a.how == assignValue && a.value == nil):
		return fmt.Errorf("%w: %s", errLive, a.on.name())
	}
	return nil
}

// checkLive finds a predicate that holds for deleted rows alone, which the change leaves
// out.
func checkLive[S any](c *change[S]) error {
	for i := range c.where {
		n := &c.where[i].node
		if n.on.rel != nil && n.on.is(c.rel.Upkeep.Deleted.Column) && n.op != opIsNull && n.op != opDistinct {
			return fmt.Errorf("%w: %s", errLive, n.on.name())
		}
	}
	return nil
}

var (
	errVersion = errors.New("every update counts the version itself; Expect says which one a row has to have")
	errLive    = errors.New("the rows are not deleted; WithDeleted() of the source has those that are, to restore or remove them")
	errExpect  = errors.New("a version is expected of a row that is there: Expect is for Update, and Set of OrUpdate")
	errReplace = errors.New("OrReplace removes rows for good: use OrUpdate, or Insert of WithDeleted()")
)

// VersionColumn is in the handle of a column that counts the changes of a row. It hides
// what would assign to it: every update of the row counts it.
type VersionColumn[S, T any] struct {
	// Expect lets an Update go on only if the rows have this version, and [ErrStale] is
	// the error if one has another. Nothing has been changed then.
	//
	//	n, err := db.Links.Update(db.Links.Version.Expect(link.Version), db.Links.URL.Set(url)).Where(db.Links.ID.Eq(link.ID)).Exec(ctx, c)
	Expect                        func(version T) Assignment[S]
	Set, SetDefault, SetNull, Add isVersion
}

// isVersion is the name that the compiler shows if somebody tries to assign.
type isVersion struct{}

// NewVersionColumn makes the part of a version's handle that is different.
func NewVersionColumn[S, T any](r *Relation, col uint16) VersionColumn[S, T] {
	return VersionColumn[S, T]{Expect: func(version T) Assignment[S] {
		return Assignment[S]{assignment{on: operand{rel: r, col: col}, value: version, how: assignExpected}}
	}}
}

// expected counts a version that is to be the one that is bound.
func (a *assignment) expected(in scope) string {
	column := in.table + a.on.name()
	return "CASE WHEN " + column + " = ? THEN " + column + " + 1 ELSE " + raise(staleMark, a.on.rel.Name+"."+a.on.name()) + " END"
}
