package syntax

// Expr is an expression. Span returns the byte offsets of its text; parentheses
// around it are not part of it.
type Expr interface{ Span() (start, end int) }

// span is embedded in every expression.
type span struct{ Start, End int }

// Span returns the byte offsets of the expression.
func (s span) Span() (start, end int) { return s.Start, s.End }

// LiteralKind is the kind of a literal.
type LiteralKind uint8

// The kinds of literal.
const (
	NullLiteral LiteralKind = iota
	IntegerLiteral
	RealLiteral
	StringLiteral
	BlobLiteral
	BoolLiteral // TRUE, FALSE: integers to SQLite
	TimeLiteral // CURRENT_TIME, CURRENT_DATE, CURRENT_TIMESTAMP: text to SQLite
)

// Literal is a literal value.
type Literal struct {
	span
	Kind LiteralKind
	Text string // as written
}

// Column is a reference to a column, or to an alias of the result.
type Column struct {
	span
	Schema, Table string // "" where they are left out
	Name          string
	Quoted        bool // "name": a string to SQLite where there is no such column
}

// Variable is a parameter: ?, ?1, :a, @a, $a.
type Variable struct {
	span
	Text string
}

// Unary is - + ~ or NOT.
type Unary struct {
	span
	Op string // NOT in upper case
	X  Expr
}

// Binary is an operator between two operands: arithmetic, ||, comparisons, ->
// and ->>, AND, OR, IS, IS NOT, IS DISTINCT FROM, IS NOT DISTINCT FROM.
type Binary struct {
	span
	Op   string // words in upper case; "==" is "=", "!=" is "<>"
	L, R Expr
}

// Like is LIKE, GLOB, REGEXP or MATCH.
type Like struct {
	span
	Op         string
	Not        bool
	X, Pattern Expr
	Escape     Expr
}

// NullTest is IS NULL, IS NOT NULL, ISNULL, NOTNULL or NOT NULL.
type NullTest struct {
	span
	Not bool
	X   Expr
}

// Between is x BETWEEN lo AND hi.
type Between struct {
	span
	Not       bool
	X, Lo, Hi Expr
}

// In is x IN (list), x IN (select) or x IN table.
type In struct {
	span
	Not    bool
	X      Expr
	List   []Expr
	Select *Select
	Table  *Table
}

// Row is a row value (a, b, …) of two or more parts.
type Row struct {
	span
	Items []Expr
}

// Subquery is a scalar (or row) subquery.
type Subquery struct {
	span
	Select *Select
}

// Exists is EXISTS (select).
type Exists struct {
	span
	Select *Select
}

// Case is a CASE expression.
type Case struct {
	span
	Operand Expr
	Whens   []When
	Else    Expr
}

// When is one arm of a Case.
type When struct{ Cond, Result Expr }

// Cast is CAST(x AS type).
type Cast struct {
	span
	X    Expr
	Type string
}

// Collate is x COLLATE name.
type Collate struct {
	span
	X    Expr
	Name string
}

// Call is a function call. A schema stands only before sqlc's own macros.
type Call struct {
	span
	Schema   string
	Name     string
	Distinct bool
	Star     bool // count(*)
	Args     []Expr
	OrderBy  []Expr
	Filter   Expr
	Over     *Window // nil where it is no window function
}

// Window is an OVER clause, or a definition in a WINDOW clause.
type Window struct {
	Name      string // the window's own name, or the one it refers to or is based on
	Partition []Expr
	OrderBy   []Expr
	Frame     []Expr // the expressions of its frame's bounds
	HasFrame  bool
}

// Raise is RAISE(…), which stands in triggers only.
type Raise struct{ span }
