package tenant

import (
	"slices"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// rows are the rows of a table, a view or a SELECT.
type rows struct {
	columns  []column
	unlisted bool // there may be others
	// open are the mentions that do not say their tenant, nil for none. Each of keys is the
	// number of a column that says it for all of them.
	open []mention
	keys []int
}

type column struct {
	name   string
	of     *schema.Column   // whose values it has, nil if it is computed
	fixed  bool             // its values are a parameter's, or NULL
	params []*ast.BindParam // these parameters
}

// source is one item of a FROM clause.
type source struct {
	name   string
	rows   *rows
	hidden map[int]bool // the columns that NATURAL or USING take from another source
}

// ref is a column of a source.
type ref struct {
	src *source
	col int
}

func (r ref) column() column { return r.src.rows.columns[r.col] }

// frame is a SELECT with the subqueries of its expressions: what equals what in them.
type frame struct {
	fixed  []ref         // that equal a parameter, or are NULL
	params []given       // the parameters among them
	equals map[ref][]ref // the others do if this one does
	open   []*source
}

// given is a column that equals a parameter.
type given struct {
	ref
	param *ast.BindParam
}

// scope says what names mean in one SELECT.
type scope struct {
	*frame
	outer   *scope // of the same frame
	ctes    *ctes
	sources []*source
	either  bool // there is a RIGHT or FULL join
}

// ctes are the common table expressions that a name may mean, the last ones first.
type ctes struct {
	name  string
	rows  *rows
	outer *ctes
}

func newFrame() *frame { return &frame{equals: map[ref][]ref{}} }

func (s *scope) add(src *source) []*source {
	s.sources = append(s.sources, src)
	if src.rows.open != nil {
		s.open = append(s.open, src)
	}
	for i, c := range src.rows.columns {
		if c.fixed {
			s.fix(ref{src, i}, c.params...)
		}
	}
	return []*source{src}
}

// reached returns the columns that equal a parameter if these do as well.
func (f *frame) reached(also ...ref) map[ref]bool { return f.from(slices.Concat(f.fixed, also)) }

// from returns the columns that equal a parameter if these do.
func (f *frame) from(next []ref) map[ref]bool {
	found := map[ref]bool{}
	for len(next) > 0 {
		r := next[0]
		if next = next[1:]; !found[r] {
			found[r] = true
			next = append(next, f.equals[r]...)
		}
	}
	return found
}

// unsaid returns the mentions whose tenant these columns do not say.
func (f *frame) unsaid(reached map[ref]bool) (open []mention) {
	for _, src := range f.open {
		if !slices.ContainsFunc(src.rows.keys, func(col int) bool { return reached[ref{src, col}] }) {
			open = append(open, src.rows.open...)
		}
	}
	return open
}

// said returns the parameters that say the tenant of a mention.
func (f *frame) said() (params []*ast.BindParam) {
	for _, g := range f.params {
		reached := f.from([]ref{g.ref})
		for _, src := range f.open {
			if slices.ContainsFunc(src.rows.keys, func(col int) bool { return reached[ref{src, col}] }) {
				params = append(params, g.param)
				break
			}
		}
	}
	return params
}

// resolve finds the column that an expression is. own reports whether it is of this SELECT,
// not of one around it.
func (s *scope) resolve(x ast.Expr) (r ref, own, ok bool) {
	c, isColumn := syntax.ColumnOf(x)
	if !isColumn {
		return ref{}, false, false
	}
	for at := s; at != nil; at = at.outer {
		found, unsure := at.find(c)
		if len(found) == 0 && unsure || len(found) > 1 && at.either {
			return ref{}, false, false
		}
		if len(found) > 0 {
			return found[0], at == s, true
		}
	}
	return ref{}, false, false
}

// find finds a column among the sources. It is unsure if there may be another one.
func (s *scope) find(c syntax.Column) (found []ref, unsure bool) {
	for _, src := range s.sources {
		if c.Table != "" && !sqltext.EqualFold(c.Table, src.name) {
			continue
		}
		col := src.rows.column(c.Name)
		if col >= 0 {
			found = append(found, ref{src, col})
		}
		unsure = unsure || col < 0 && src.rows.unlisted
	}
	return found, unsure
}

// column returns the number of a column, -1 if there is none.
func (r *rows) column(name string) int {
	return slices.IndexFunc(r.columns, func(c column) bool { return sqltext.EqualFold(c.name, name) })
}

// fix notes that a column equals a parameter, and flow that to does if from does.

func (f *frame) fix(r ref, params ...*ast.BindParam) {
	f.fixed = append(f.fixed, r)
	for _, p := range params {
		f.params = append(f.params, given{r, p})
	}
}

func (f *frame) flow(from, to ref) {
	a, b := from.column(), to.column()
	if a.of == nil && a.fixed || a.of != nil && b.of != nil && alike(a.of, b.of) {
		f.equals[from] = append(f.equals[from], to)
	}
}

// alike reports whether = is transitive over two columns: otherwise 'a' = 'A' in one, or
// '1' = '01', and in the other they are two tenants.
func alike(a, b *schema.Column) bool {
	return affinity(a) == affinity(b) && collation(a) == collation(b)
}

func affinity(c *schema.Column) infer.Affinity {
	switch a := infer.AffinityOf(c.Affine()); a {
	case infer.RealAffinity, infer.NumericAffinity:
		return infer.IntegerAffinity
	default:
		return a
	}
}

func collation(c *schema.Column) string {
	if c.Collation == "" {
		return "binary"
	}
	return sqltext.Fold(c.Collation)
}

// bound are the parameters that an expression is, as SQLite has them.
func bound(x ast.Expr) []*ast.BindParam {
	switch x := x.(type) {
	case *ast.BindParam:
		return []*ast.BindParam{x}
	case *ast.CastExpr:
		return bound(x.X)
	}
	return nil
}

// isParam reports whether an expression is a parameter.
func isParam(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.BindParam:
		return true
	case *ast.CastExpr:
		return isParam(x.X)
	case *ast.FuncCall:
		name := sqltext.Fold(x.Name.Name)
		return name == "sqlc.arg" || name == "sqlc.narg"
	}
	return false
}

// holds notes what a condition says, at the top level of AND. Of the columns of this
// SELECT it only says that of those in the sources of only, if that is not nil.
func (s *scope) holds(x ast.Expr, only []*source) {
	b, ok := x.(*ast.BinaryExpr)
	switch {
	case ok && b.Op == ast.OpAnd:
		s.holds(b.X, only)
		s.holds(b.Y, only)
	case ok && b.Op == ast.OpEq:
		left, vector := b.X.(*ast.VectorExpr)
		right, both := b.Y.(*ast.VectorExpr)
		switch {
		case !vector && !both:
			s.equal(b.X, b.Y, only)
		case vector && both && len(left.List) == len(right.List):
			for i := range left.List {
				s.equal(left.List[i], right.List[i], only)
			}
		}
	}
}

func (s *scope) equal(x, y ast.Expr, only []*source) {
	a, ownA, isA := s.resolve(x)
	b, ownB, isB := s.resolve(y)
	ownA = ownA && (only == nil || slices.Contains(only, a.src))
	ownB = ownB && (only == nil || slices.Contains(only, b.src))
	if isA && ownA && isParam(y) {
		s.fix(a, bound(y)...)
	}
	if isB && ownB && isParam(x) {
		s.fix(b, bound(x)...)
	}
	if isA && isB {
		s.same(a, b, ownA, ownB)
	}
}

// same notes that two columns are equal, for those of them of which that holds.
func (s *scope) same(a, b ref, forA, forB bool) {
	if forA {
		s.flow(b, a)
	}
	if forB {
		s.flow(a, b)
	}
}
