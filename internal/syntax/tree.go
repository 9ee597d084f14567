// Package syntax parses SQLite's SELECT, INSERT, UPDATE, DELETE and CREATE VIEW
// into trees whose nodes know where they stand in the text.
//
// It is there to reason about statements that SQLite has accepted (which table
// a column comes from, what may be NULL, what a parameter is compared with), not
// to judge them: it takes a little more than SQLite does, and what it cannot
// parse is an error that callers treat as "nothing is known".
package syntax

// Stmt is a statement: *Select, *Insert, *Update, *Delete or *CreateView.
type Stmt interface{ stmt() }

// With is a WITH clause.
type With struct {
	Recursive bool
	CTEs      []*CTE
}

// CTE is one common table expression.
type CTE struct {
	Pos     int // byte offset of its name
	Name    string
	Columns []string // as declared behind the name
	Body    Stmt     // a *Select in any statement that SQLite accepts
}

// Select is a SELECT or VALUES, compound or not.
type Select struct {
	Pos     int
	With    *With
	Cores   []*Core
	Ops     []string // "UNION", "UNION ALL", "INTERSECT", "EXCEPT", between the cores
	OrderBy []Expr
	Limit   Expr
	Offset  Expr
}

// Core is one SELECT of a compound, or one VALUES.
type Core struct {
	Pos      int
	Distinct bool
	Columns  []ResultColumn
	From     Source // nil where there is none
	Where    Expr
	GroupBy  []Expr
	Having   Expr
	Windows  []*Window
	Values   [][]Expr // of VALUES, nil otherwise
}

// ResultColumn is a column of a SELECT or of a RETURNING.
type ResultColumn struct {
	Pos, End int
	Star     bool   // * or t.*
	Table    string // of t.*
	Expr     Expr   // nil for a star
	Alias    string
}

// Source is what a FROM clause reads: *Table, *Derived or *Join.
type Source interface{ source() }

// Table is a table, a view, a CTE or a table-valued function.
type Table struct {
	Pos    int
	Schema string
	Name   string
	Alias  string // "" where there is none
	Call   bool   // a table-valued function
	Args   []Expr // its arguments
}

// Derived is a subquery in a FROM clause.
type Derived struct {
	Pos    int
	Select *Select
	Alias  string
}

// JoinKind tells which side of a join may be missing.
type JoinKind uint8

// The kinds of join. A comma, JOIN and CROSS JOIN are inner joins.
const (
	InnerJoin JoinKind = iota
	LeftJoin
	RightJoin
	FullJoin
)

// Join is a join of two sources.
type Join struct {
	Pos         int // of the join operator
	Kind        JoinKind
	Natural     bool
	Left, Right Source
	On          Expr
	Using       []string
}

// Insert is an INSERT or REPLACE.
type Insert struct {
	With      *With
	Table     *Table
	Columns   []string // nil where none are listed
	Rows      *Select  // a VALUES or a SELECT; nil for DEFAULT VALUES
	Upserts   []*Upsert
	Returning []ResultColumn
}

// Upsert is one ON CONFLICT clause.
type Upsert struct {
	Pos         int
	Target      []Expr // the conflict target's columns
	TargetWhere Expr
	Set         []Assignment // nil for DO NOTHING
	Where       Expr
}

// Assignment is one term of a SET clause.
type Assignment struct {
	Pos     int
	Columns []string
	Value   Expr
}

// Update is an UPDATE.
type Update struct {
	With      *With
	Table     *Table
	Set       []Assignment
	From      Source
	Where     Expr
	Returning []ResultColumn
	OrderBy   []Expr
	Limit     Expr
	Offset    Expr
}

// Delete is a DELETE.
type Delete struct {
	With      *With
	Table     *Table
	Where     Expr
	Returning []ResultColumn
	OrderBy   []Expr
	Limit     Expr
	Offset    Expr
}

// CreateView is a CREATE VIEW.
type CreateView struct {
	Name    string
	Columns []string
	Select  *Select
}

func (*Select) stmt()     {}
func (*Insert) stmt()     {}
func (*Update) stmt()     {}
func (*Delete) stmt()     {}
func (*CreateView) stmt() {}

func (*Table) source()   {}
func (*Derived) source() {}
func (*Join) source()    {}
