package drey

import (
	"context"
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"github.com/Masterminds/squirrel"
)

// ToOne leads from rows of source F to the row of source S that their foreign key
// refers to. P is the type of the rows of F, K that of the foreign key's value. In a
// predicate or an expression of F it is the [Correlation] with S:
//
//	db.Links.OrderBy(drey.Scalar(db.Users.Email, &db.Users.Query, db.LinkToUser).Asc())
type ToOne[F, P any, K comparable, S any] struct{ foreignKey[P, K] }

// ToMany leads from rows of source F to the rows of source S that refer to them,
// directly or through a link table. P is the type of the rows of F, K that of their key
// that is referred to. In a predicate or an expression of F it is the [Correlation] with
// S:
//
//	db.Links.Where(drey.Exists(db.Tags.Where(db.Tags.Name.Eq("go")), db.LinkToTags))
type ToMany[F, P any, K comparable, S any] struct{ foreignKey[P, K] }

func (r *ToOne[F, P, K, S]) matches(S, F) *match {
	if r == nil || r.route == nil {
		return nil
	}
	return &r.route.match
}

func (r *ToMany[F, P, K, S]) matches(S, F) *match {
	if r == nil || r.route == nil {
		return nil
	}
	return &r.route.match
}

// foreignKey is what rows are loaded by.
type foreignKey[P any, K comparable] struct {
	route *Route
	// key returns the row's value of the key, and the same column by column. It
	// reports false where the value is NULL.
	key func(r *P, to []any) (K, []any, bool)
}

// Route is the path of a relation in SQL. Its comparisons are those of the
// foreign key: under the collation of the column that is referred to.
type Route struct {
	id       uint32 // its place in the shape key
	From, To *Relation
	Key      []uint16 // the columns of From that the relation starts at
	Columns  []uint16 // the columns of To that it leads to
	// Collate has for each of Columns the collation, quoted, of the comparison with
	// the column of Key, where it is not that of the column; nil if they all are.
	Collate []string
	// Through, Near and Far are for a relation through a link table: the table, and
	// its columns that refer to Key and to Columns, all quoted.
	Through   string
	Near, Far []string
	// Deleted is the quoted column of a link table that is NULL in its live rows, "" if
	// rows of it are deleted for good.
	Deleted string

	match  match
	values []operand // of Key, as SQLite has them
}

// number prepares the route.
func (p *Route) number() *Route {
	p.id = ids.Add(1)
	p.match = match{inner: p.To.operands(p.Columns), outer: p.From.operands(p.Key), collate: p.Collate, route: p}
	if p.Through != "" {
		p.match.through = p
	}
	for i := range p.match.outer {
		p.values = append(p.values, *p.match.outer[i].calls(fnValue, false))
	}
	return p
}

// on compares the related rows with the table of keys.
func (p *Route) on() string {
	terms := make([]string, len(p.Columns))
	for i, name := range p.To.names(p.Columns) {
		terms[i] = p.To.Name + "." + name + " = " + parentName + "." + parentColumn(i) + collated(p.match.collation(i))
	}
	return strings.Join(terms, " AND ")
}

// The names of the rows that a relation starts from, and of their columns.
// Tables do not have such names.
const (
	parentName = `"row's keys"`
	parentRow  = `"row's number"`
	parentRank = `"row's rank"`
)

// parentColumn is a column of the keys.
func parentColumn(i int) string { return `"row's key ` + strconv.Itoa(i) + `"` }

// LoadOne returns the related row for each value of the foreign key in rows,
// among those that q selects. A row whose foreign key is NULL does not have a
// related row. A value whose row is not there is absent from the map. LoadOne
// runs one query, however many rows there are; it runs more only if their keys
// are more than the parameters of a statement.
//
//	owners, err := db.LoadOne(ctx, c, links, db.LinkToUser, &db.Users.Query)
//	owner := owners[links[0].UserID]
func LoadOne[F, P any, K comparable, S, R any](ctx context.Context, c Conn, parents []P, to *ToOne[F, P, K, S], q *Query[S, R]) (map[K]R, error) {
	if to == nil || to.route == nil {
		return nil, errNoRelation
	}
	keys, args := keysOf(parents, &to.foreignKey)
	found := make(map[K]R, len(keys))
	rows, of, err := loadRelated(ctx, c, q, to.route, args, nil, nil, 0)
	if err != nil {
		return nil, err
	}
	for i, n := range of {
		found[keys[n]] = rows[i]
	}
	return found, nil
}

// LoadMany returns the related rows for each of rows, among those that q
// selects and in its order. Limit and Offset of q apply to each row by itself:
// the newest three clicks of each link. A row without related rows is absent
// from the map. LoadMany runs one query, as LoadOne does.
//
//	newest, err := db.LoadMany(ctx, c, links, db.LinkToClicks, db.Clicks.OrderBy(db.Clicks.ClickedAt.Desc()).Limit(3))
//	clicks := newest[links[0].ID]
func LoadMany[F, P any, K comparable, S, R any](ctx context.Context, c Conn, parents []P, to *ToMany[F, P, K, S], q *Query[S, R]) (map[K][]R, error) {
	if to == nil || to.route == nil {
		return nil, errNoRelation
	}
	keys, args := keysOf(parents, &to.foreignKey)
	found := make(map[K][]R, len(keys))
	rows, of, err := loadRelated(ctx, c, q, to.route, args, nil, nil, 0)
	if err != nil {
		return nil, err
	}
	for i, n := range of {
		found[keys[n]] = append(found[keys[n]], rows[i])
	}
	return found, nil
}

// keysOf are the keys of the rows, each once, and their columns.
func keysOf[P any, K comparable](rows []P, l *foreignKey[P, K]) (keys []K, args []any) {
	seen := make(map[K]bool, len(rows))
	for i := range rows {
		k, next, ok := l.key(&rows[i], args)
		if !ok || seen[k] {
			continue
		}
		seen[k] = true
		keys, args = append(keys, k), next
	}
	return keys, args
}

// loadRelated returns the related rows, and for each the number of the key by which it
// was found. So the values of the key need not be read back. What SQLite takes for equal
// to a key belongs to that key, in whatever form. In a batch, from finds the keys, whose
// numbers are given, and the rows say which is theirs. depth is the number of levels above.
func loadRelated[S, R any](ctx context.Context, c Conn, q *Query[S, R], p *Route, args []any, from above, numbers map[any]int, depth int) (rows []R, of []int, err error) {
	if q == nil || q.rel == nil {
		return nil, nil, errNoSource
	}
	if len(args) == 0 && from == nil { // nor does anybody ask what q reads, which ends a tree of one table
		return nil, nil, nil
	}
	t, err := q.made.grow(c.on(), depth)
	if err == nil && t != nil && t.batch {
		if at := len(p.Key) * keysAtMost(&q.clauses, c.on().of().parameters, len(p.Key)); from == nil && len(args) > at {
			return loadInParts(ctx, c, q, p, args, at, depth)
		}
		err = levelIn(t, &q.clauses, p, args, from)
	}
	if err != nil {
		return nil, nil, failed(q.rel, err)
	}
	found := gathered[R]{room: 16, scans: q.scans}
	next := func(to []any) []any { return addRow(&found, t, to) }
	if from != nil {
		of, err = readBeside(ctx, &q.clauses, c, p, from, numbers, next)
	} else {
		of, err = readRelated(ctx, &q.clauses, c, p, args, next)
	}
	if err == nil {
		err = t.read(ctx, c, len(of))
	}
	rows, err = allRows(&found, readAll, err)
	return rows, of, err
}

// loadInParts is [loadRelated] of so many keys at a time.
func loadInParts[S, R any](ctx context.Context, c Conn, q *Query[S, R], p *Route, args []any, at, depth int) (rows []R, of []int, err error) {
	first := 0
	for part := range slices.Chunk(args, at) {
		more, numbers, err := loadRelated(ctx, c, q, p, part, nil, nil, depth)
		if err != nil {
			return nil, nil, err
		}
		rows = append(rows, more...)
		for _, n := range numbers {
			of = append(of, first+n)
		}
		first += len(part) / len(p.Key)
	}
	return rows, of, nil
}

// readRelated reads the rows that are related to the keys. For each, next makes a new
// row and appends where its columns are scanned.
func readRelated[S any](ctx context.Context, q *clauses[S], c Conn, p *Route, args []any, next func([]any) []any) (of []int, err error) {
	first, number := 0, int64(0)
	to := make([]any, 0, width(q)+1)
	for len(args) > 0 {
		n := min(len(args)/len(p.Key), keysAtMost(q, c.on().of().parameters, len(p.Key)))
		err := runRelated(ctx, q, c.on(), p, args[:n*len(p.Key)], func(from scanRow) (bool, error) {
			to = append(next(to[:0]), &number)
			if err := scan(rowsOf(q), from, to); err != nil {
				return false, err
			}
			of = append(of, first+int(number))
			return true, nil
		})
		if err != nil {
			return nil, failed(q.rel, err)
		}
		first += n
		args = args[n*len(p.Key):]
	}
	return of, nil
}

// keysAtMost returns how many keys one statement takes, if the engine has that
// many parameters. It is a power of two, as statements are made for.
func keysAtMost[S any](q *clauses[S], parameters, width int) int {
	room := (parameters - len(appendArgs(q, nil, modeRows)) - len(appendOrderArgs(q, nil))) / width
	if room < 1 {
		return 1
	}
	return 1 << (bits.Len(uint(room)) - 1)
}

// runRelated runs one statement.
func runRelated[S any](ctx context.Context, q *clauses[S], s session, p *Route, keys []any, f func(scanRow) (bool, error)) error {
	if err := checkLimits(q); err != nil {
		return err
	}
	all := p.filledUp(keys)
	key, args, shaped := relatedShape(q, p, all)
	return read(ctx, s, key, shaped, args, func() (squirrel.Sqlizer, error) {
		sel := selected(q, modeRelated)
		return sel.related(p, all), nil
	}, true, f)
}

// checkLimits is an error if the bounds of a level cannot be.
func checkLimits[S any](q *clauses[S]) error {
	if q.limit < 0 || q.offset < 0 {
		return ErrNegativeLimit
	}
	if q.made != nil && q.made.distinct && q.has != 0 {
		return errDistinctLimit
	}
	return nil
}

// filledUp fills the keys up to a power of two with NULL, which equals nothing.
// So lists of different lengths share a few statements.
func (p *Route) filledUp(keys []any) []any {
	size := 1 << bits.Len(uint(len(keys)/len(p.Key)-1))
	all := make([]any, size*len(p.Key), size*len(p.Key)+16)
	copy(all, keys)
	return all
}

// relatedShape is the shape key of the query for the related rows of keys, and
// what it binds.
func relatedShape[S any](q *clauses[S], p *Route, keys []any) (key []byte, args []any, shaped bool) {
	q = settled(q, modeRelated)
	key, shaped = appendShape(q, []byte{shapeMark}, numbered, modeRelated)
	if !shaped {
		return nil, nil, false
	}
	key = binary.AppendUvarint(key, uint64(p.id))
	key = binary.AppendUvarint(key, uint64(len(keys)/len(p.Key)))
	args = appendReadArgs(q, nil)
	switch {
	case q.has == 0:
		args = appendOrderArgs(q, appendWhereArgs(q, append(q.made.appendFrom(args), keys...)))
	case p.picked(q.rel) && q.made.from() == nil: // they are picked in that order, and read in it
		args = append(args, keys...)
		args = appendOrderArgs(q, appendBounds(q, appendOrderArgs(q, appendWhereArgs(q, args))))
	default: // ranks are among the columns
		args = append(q.made.appendFrom(appendOrderArgs(q, args)), keys...)
		args = append(appendWhereArgs(q, args), ranks(q.has, q.limit, q.offset)...)
	}
	return key, args, true
}

// ranks are the bounds of the ranks of a parent's rows.
func ranks(has bounds, limit, offset int64) (args []any) {
	if has&hasOffset != 0 {
		args = append(args, offset)
	}
	if has&hasLimit != 0 {
		if limit > math.MaxInt64-offset {
			limit = math.MaxInt64 - offset
		}
		args = append(args, limit+offset)
	}
	return args
}

// related selects the rows beside the number of the key. If they are limited,
// those of each parent are picked by their key, or ranked if they do not have
// one.
func (s *selection) related(p *Route, keys []any) squirrel.SelectBuilder {
	base := *s
	base.has, base.order, base.mode = 0, nil, modeRows
	sel := base.rows().Column(parentName + "." + parentRow).
		JoinClause(fragment{"JOIN " + p.keys(len(keys)/len(p.Key)) + " AS " + parentName + " ON " + p.on(), keys})
	if s.has == 0 {
		return s.prefixed(orderedBy(sel, s.order, false))
	}
	order := slices.Concat(s.order, s.last)
	if s.native == nil && s.set == nil && p.picked(s.rel) {
		return orderedBy(base.unjoined().Column(parentName+"."+parentRow).JoinClause(squirrel.ConcatExpr(
			fragment{"JOIN " + p.keys(len(keys)/len(p.Key)) + " AS " + parentName + " ON ", keys}, s.picked(p, order))), order, false)
	}
	within, bounds := s.ranked()
	ranked := squirrel.Select(s.readNames()...).Column(parentRow).FromSelect(sel.Column(rank(parentName+"."+parentRow, order)), s.rel.Name)
	return s.prefixed(ranked.Where(fragment{within, bounds}).OrderBy(parentRank))
}

// picked says that the row's key is among those of its parent's rows.
func (s *selection) picked(p *Route, order []squirrel.Sqlizer) squirrel.Sqlizer {
	pick := *s
	pick.mode, pick.of, pick.order = modeColumns, s.rel.operands(s.rel.Key), order
	return squirrel.ConcatExpr("("+qualify(s.rel.Name, s.rel.names(s.rel.Key))+") IN (", pick.rows().Where(fragment{p.on(), nil}), ")")
}

// rank is the column of the ranks among the rows that are equal in what tells parents apart.
func rank(apart string, order []squirrel.Sqlizer) squirrel.Sqlizer {
	window := []any{"ROW_NUMBER() OVER (PARTITION BY " + apart}
	before := " ORDER BY "
	for _, o := range order {
		window = append(window, before, o)
		before = ", "
	}
	return squirrel.ConcatExpr(append(window, ") AS "+parentRank)...)
}

// ranked says that a rank is within the bounds.
func (s *selection) ranked() (within string, bounds []any) {
	var terms []string
	if s.has&hasOffset != 0 {
		terms = append(terms, parentRank+" > ?")
	}
	if s.has&hasLimit != 0 {
		terms = append(terms, parentRank+" <= ?")
	}
	return strings.Join(terms, " AND "), ranks(s.has, s.limit, s.offset)
}

// picked reports whether the rows of one parent can be picked by their key. That
// follows an index, and stops at the limit; a window reads every row. A link
// table has several keys for one parent, whose rows are limited together.
func (p *Route) picked(r *Relation) bool { return p.Through == "" && r.Key != nil }

// unjoined selects the columns, without predicates.
func (s *selection) unjoined() squirrel.SelectBuilder {
	all := *s
	all.where = nil
	return all.rows()
}

// keys is the table of n numbered keys; with a link table, of the keys that it
// has for them.
func (p *Route) keys(n int) string {
	if p.Through == "" {
		return p.numbered(n)
	}
	return "(SELECT " + parentName + "." + parentRow + ", " + strings.Join(p.far(), ", ") + " FROM " + p.numbered(n) + " AS " + parentName +
		" JOIN " + p.Through + " ON " + strings.Join(p.near(), " AND ") + ")"
}

// numbered is the table of n numbered keys.
func (p *Route) numbered(n int) string {
	var b strings.Builder
	b.WriteString("(SELECT column1 AS " + parentRow)
	for i := range p.Key {
		b.WriteString(", column" + strconv.Itoa(i+2) + " AS " + parentColumn(i))
	}
	b.WriteString(" FROM (VALUES ")
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("(" + strconv.Itoa(i) + strings.Repeat(", ?", len(p.Key)) + ")")
	}
	b.WriteString("))")
	return b.String()
}

// far are the keys that a link table leads to.
func (p *Route) far() []string {
	far := make([]string, len(p.Far))
	for i, name := range p.Far {
		far[i] = p.Through + "." + name + " AS " + parentColumn(i)
	}
	return far
}

// near says that a row of the link table is of a key.
func (p *Route) near() []string {
	near := make([]string, len(p.Near))
	for i, name := range p.Near {
		near[i] = p.Through + "." + name + " = " + parentName + "." + parentColumn(i)
	}
	if p.Deleted != "" {
		near = append(near, p.Through+"."+p.Deleted+" IS NULL")
	}
	return near
}
