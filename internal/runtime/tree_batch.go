package drey

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/Masterminds/squirrel"
)

// above is the query for the rows that a level belongs to. A batch reads a level by it:
// the statements of a batch are sent before one of them has found a row, so the keys of
// the rows are not known.
//
// Each statement of a tree in a batch finds the rows above anew. So a query that has a
// limit is ordered by its key at last, and each key comes back at least once, by which a
// query is found out that does not find the same rows again.
type above interface {
	// keys selects the keys by which a relation starts from those rows, each once.
	keys(p *Route) (squirrel.SelectBuilder, error)
	// shape and bound return what its SQL depends on, and its values.
	shape(p *Route) ([]byte, bool)
	bound(p *Route) []any
}

// knownKeys are those of rows that are there already.
type knownKeys []any

func (k knownKeys) keys(p *Route) (squirrel.SelectBuilder, error) {
	all := p.filledUp(k)
	names := make([]string, len(p.Key))
	for i := range names {
		names[i] = parentColumn(i)
	}
	return squirrel.Select(names...).JoinClause(fragment{"FROM " + p.numbered(len(all)/len(p.Key)), all}), nil
}

func (k knownKeys) shape(p *Route) ([]byte, bool) {
	return binary.AppendUvarint([]byte{1}, uint64(len(p.filledUp(k)))), true
}

func (k knownKeys) bound(p *Route) []any { return p.filledUp(k) }

// rootRows are the rows of a query.
type rootRows[S any] struct{ q clauses[S] }

func (r *rootRows[S]) keys(p *Route) (squirrel.SelectBuilder, error) {
	q, names := keysFrom(&r.q, p)
	sel, err := selectionOf(&q, modeRows)
	return onceEach(sel, names), err
}

func (r *rootRows[S]) shape(p *Route) ([]byte, bool) {
	q, _ := keysFrom(&r.q, p)
	return appendShape(&q, []byte{2}, numbered, modeRows)
}

func (r *rootRows[S]) bound(p *Route) []any {
	q, _ := keysFrom(&r.q, p)
	return appendArgs(&q, nil, modeRows)
}

// levelRows are the rows of a level below others.
type levelRows[S any] struct {
	q    clauses[S]
	at   *Route
	from above
}

func (l *levelRows[S]) keys(p *Route) (squirrel.SelectBuilder, error) {
	q, names := keysFrom(&l.q, p)
	sel, err := besideKeys(&q, l.at, l.from)
	return onceEach(sel, names).Where(rowIsThere), err
}

func (l *levelRows[S]) shape(p *Route) ([]byte, bool) {
	q, _ := keysFrom(&l.q, p)
	return besideShape(&q, []byte{3}, l.at, l.from)
}

func (l *levelRows[S]) bound(p *Route) []any {
	q, _ := keysFrom(&l.q, p)
	return besideArgs(&q, l.at, l.from)
}

// keysFrom is the query that reads of its rows the keys by which a relation starts, and
// what their columns are called. Distinct rows are so by all that is read of them.
func keysFrom[S any](q *clauses[S], p *Route) (n clauses[S], columns []string) {
	if n = *q; n.has == 0 {
		n.order = nil
	}
	if !q.made.distinct {
		n.made = q.made.reading(p.values)
		return n, names(p.values)
	}
	reads := q.made.reads()
	all := names(reads)
	for i := range p.values {
		for at := range reads {
			if equal(&reads[at], &p.values[i]) {
				columns = append(columns, all[at])
				break
			}
		}
	}
	return n, columns
}

// onceEach selects the different keys among rows, told apart as Go does it, whatever the
// collation.
func onceEach(rows squirrel.SelectBuilder, columns []string) squirrel.SelectBuilder {
	sel := squirrel.Select().FromSelect(rows, "rows")
	for i, name := range columns {
		sel = sel.Column(name+" AS "+parentColumn(i)).GroupBy("typeof("+name+")", name+" COLLATE BINARY")
	}
	return sel
}

const (
	rowIsThere = `"row is there"` // false in a row that only has the key
	linkRows   = `"row's links"`
)

// ownColumn is a column of the key that a relation starts from. Through a link table it
// is another one than that which the relation leads to.
func (p *Route) ownColumn(i int) string {
	if p.Through == "" {
		return parentColumn(i)
	}
	return strings.Replace(parentColumn(i), "key", "own key", 1)
}

// own are the columns of the key that a relation starts from.
func (p *Route) own() (list []string) {
	for i := range p.Key {
		list = append(list, parentName+"."+p.ownColumn(i))
	}
	return list
}

// leading are the keys that a relation leads to, beside those that it starts from.
func (p *Route) leading(keys squirrel.SelectBuilder) squirrel.SelectBuilder {
	if p.Through == "" {
		return keys
	}
	sel := squirrel.Select().FromSelect(keys, parentName).JoinClause("LEFT JOIN " + p.Through + " ON " + strings.Join(p.near(), " AND "))
	for i := range p.Key {
		sel = sel.Column(parentName + "." + parentColumn(i) + " AS " + p.ownColumn(i))
	}
	return sel.Columns(p.far()...)
}

// besideKeys selects the rows of a level beside the keys of those above, and a row for
// each key that has none.
func besideKeys[S any](q *clauses[S], p *Route, from above) (squirrel.SelectBuilder, error) {
	keys, err := from.keys(p)
	if err != nil {
		return keys, err
	}
	s := selected(q, modeRelated)
	return s.beside(p, p.leading(keys))
}

func (s *selection) beside(p *Route, keys squirrel.SelectBuilder) (squirrel.SelectBuilder, error) {
	source, err := s.joined()
	if err != nil {
		return keys, err
	}
	there := s.rel.Name + "." + s.rel.Columns[p.Columns[0]] + " IS NOT NULL"
	sel := s.read(squirrel.Select()).Columns(p.own()...).Column(there+" AS "+rowIsThere).FromSelect(keys, parentName)
	if s.distinct {
		sel = sel.Distinct()
	}
	order := slices.Concat(s.order, s.last)
	if s.has != 0 && s.native == nil && s.set == nil && p.picked(s.rel) {
		return orderedBy(sel.JoinClause(squirrel.ConcatExpr("LEFT JOIN ", source, " ON ", s.picked(p, order))), order, false), nil
	}
	on := squirrel.And{fragment{p.on(), nil}}
	for i := range s.where {
		on = append(on, part{&s.where[i], s.in})
	}
	sel = sel.JoinClause(squirrel.ConcatExpr("LEFT JOIN ", source, " ON ", on))
	if s.has == 0 {
		return s.prefixed(orderedBy(sel, s.order, false)), nil
	}
	var apart []string
	for _, name := range p.own() {
		apart = append(apart, "typeof("+name+")", name+" COLLATE BINARY")
	}
	within, bounds := s.ranked()
	within = rowIsThere + " AND " + within
	ranked := squirrel.Select(s.readNames()...)
	for i := range p.Key {
		ranked = ranked.Column(p.ownColumn(i))
	}
	return s.prefixed(ranked.Column(fragment{"(" + within + ") AS " + rowIsThere, bounds}).
		FromSelect(sel.Column(rank(strings.Join(apart, ", "), append([]squirrel.Sqlizer{fragment{text: there + " DESC"}}, order...))), s.rel.Name).
		Where(fragment{"(" + parentRank + " = 1 OR " + within + ")", bounds}).OrderBy(parentRank)), nil
}

// joined is what is selected from, where it is joined.
func (s *selection) joined() (squirrel.Sqlizer, error) {
	switch {
	case s.native != nil:
		return fragment{text: nativeName + " AS " + s.rel.Name}, nil
	case s.set != nil:
		rows, err := s.set.selection()
		return squirrel.Alias(rows, s.rel.Name), err
	}
	return fragment{text: s.rel.Name}, nil
}

// besideShape appends the shape of [besideKeys].
func besideShape[S any](q *clauses[S], key []byte, p *Route, from above) ([]byte, bool) {
	key, ok := appendShape(q, key, numbered, modeRelated)
	if !ok {
		return key, false
	}
	key = append(binary.AppendUvarint(key, uint64(p.id)), 0) // where the number of known keys is
	rows, ok := from.shape(p)
	return append(key, rows...), ok
}

// besideArgs are the values that [besideKeys] binds.
func besideArgs[S any](q *clauses[S], p *Route, from above) []any {
	q = settled(q, modeRelated)
	keys, bounds := from.bound(p), ranks(q.has, q.limit, q.offset)
	switch {
	case q.has == 0:
		return appendOrderArgs(q, appendWhereArgs(q, q.made.appendFrom(append(appendReadArgs(q, nil), keys...))))
	case p.picked(q.rel) && q.made.from() == nil:
		args := appendWhereArgs(q, append(appendReadArgs(q, nil), keys...))
		return appendOrderArgs(q, appendBounds(q, appendOrderArgs(q, args)))
	}
	args := append(appendOrderArgs(q, appendReadArgs(q, bounds)), keys...)
	return append(appendWhereArgs(q, q.made.appendFrom(args)), bounds...)
}

// readBeside reads the rows of a level, by the query for those above. numbers are of the
// keys of those; of each row, the number of its key is returned.
func readBeside[S any](ctx context.Context, q *clauses[S], c Conn, p *Route, from above, numbers map[any]int, next func([]any) []any) (of []int, err error) {
	if err := checkLimits(q); err != nil {
		return nil, failed(q.rel, err)
	}
	n, own, there := width(q), make([]any, len(p.Key)), false
	skipped := make([]any, n, n+len(own)+1)
	for i := range skipped {
		skipped[i] = skip{}
	}
	to := make([]any, 0, cap(skipped))
	seen := make(map[any]bool, len(numbers))
	key, shaped := besideShape(q, []byte{shapeMark}, p, from)
	var args []any
	if shaped {
		args = besideArgs(q, p, from)
	}
	render := func() (squirrel.Sqlizer, error) { return besideKeys(q, p, from) }
	err = read(ctx, c.on(), key, shaped, args, render, true, func(row scanRow) (bool, error) {
		to = to[:n]
		copy(to, skipped)
		for i := range own {
			own[i] = nil
			to = append(to, &own[i])
		}
		if err := row.Scan(append(to, &there)...); err != nil {
			return false, err
		}
		if slices.Contains(own, nil) { // it leads nowhere
			return true, nil
		}
		k := hashable(own)
		number, known := numbers[k]
		if !known {
			return false, errOtherRowsAbove
		}
		if seen[k] = true; !there {
			return true, nil
		}
		to = next(to[:0])
		for range len(own) + 1 {
			to = append(to, skip{})
		}
		of = append(of, number)
		return true, scan(rowsOf(q), row, to)
	})
	if err == nil && len(seen) < len(numbers) {
		err = errOtherRowsAbove
	}
	if err != nil {
		return nil, failed(q.rel, err)
	}
	return of, nil
}

// skip is where a value is scanned that nobody asks for.
type skip struct{}

// Scan leaves it.
func (skip) Scan(any) error { return nil }

// maxBatchDepth bounds the levels of a tree in a batch. SQLite parses each statement with
// all that are above nested in it.
const maxBatchDepth = 10

var (
	errOtherRowsAbove = errors.New("in a batch each level of a tree finds the rows above anew, and these are others now: " +
		"does the query for them read the clock or random(), or Keyed say what is not a key? Run it in a Snapshot or a Tx")
	errBatchDepth = fmt.Errorf("a tree in a batch has at most %d levels, whether there are rows or not: run one that reads its own table in a Snapshot or a Tx", maxBatchDepth)
	errBatchOrder = errors.New("in a batch each level of a tree finds the rows above anew, so one with a limit needs a key for the last of its order")
)
