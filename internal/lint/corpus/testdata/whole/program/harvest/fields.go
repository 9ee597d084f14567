package harvest

import "database/sql"

// Crate has the names of its callers.
type Crate struct {
	DB    *sql.DB
	Table string
	Order string
}

func (c Crate) Count() *sql.Row {
	// @native-sql the table has no type
	return c.DB.QueryRow("SELECT count(*) FROM " + c.Table) // ok: it is set to constants
}

func (c Crate) First() *sql.Row {
	// @native-sql the order has no type
	return c.DB.QueryRow("SELECT id FROM crates ORDER BY " + c.Order) // want `can be injected into`
}

// Settings are read from a file, by a package that does not name the field.
type Settings struct{ Table string }

func Load(db *sql.DB, s *Settings) *sql.Row {
	// @native-sql the table has no type
	return db.QueryRow("SELECT count(*) FROM " + s.Table) // want `can be injected into`
}

// Option sets what a press does.
type Option func(*Press)

type Press struct {
	db     *sql.DB
	Juice  string
	Cider  string
	hidden string
}

func WithJuice(table string) Option { return func(p *Press) { p.Juice = table } }

func WithCider(table string) Option { return func(p *Press) { p.Cider = table } }

func WithHidden(table string) Option { return func(p *Press) { p.hidden = table } }

func NewPress(db *sql.DB, options ...Option) *Press {
	p := &Press{db: db, Juice: "juice", Cider: "cider", hidden: "hidden"}
	for _, o := range options {
		o(p)
	}
	return p
}

func (p *Press) Juices() *sql.Row {
	// @native-sql the table has no type
	return p.db.QueryRow("SELECT count(*) FROM " + p.Juice) // ok: its option gets a constant
}

func (p *Press) Ciders() *sql.Row {
	// @native-sql the table has no type
	return p.db.QueryRow("SELECT count(*) FROM " + p.Cider) // want `can be injected into`
}

func (p *Press) Hidden() *sql.Row {
	// @native-sql the table has no type
	return p.db.QueryRow("SELECT count(*) FROM " + p.hidden) // want `can be injected into`
}

// Search has a part without a name, that callers write in their own words.
type Search struct {
	Filters struct{ Sort, State string }
}

func Find(db *sql.DB, s Search) *sql.Row {
	// @native-sql the state has no type
	return db.QueryRow("SELECT id FROM apples WHERE state = '" + s.Filters.State + "'") // want `can be injected into`
}

func Order(db *sql.DB, s Search) *sql.Row {
	// @native-sql the order has no type
	return db.QueryRow("SELECT id FROM apples ORDER BY " + s.Filters.Sort) // ok: every caller writes a constant
}

// Pest is made from a struct of another package.
type Pest struct{ Kind string }

func Pests(db *sql.DB, p Pest) *sql.Row {
	// @native-sql the kind has no type
	return db.QueryRow("SELECT id FROM pests WHERE kind = '" + p.Kind + "'") // want `can be injected into`
}

var (
	Table   = "apples"
	Season  = "autumn"
	Weather = "rain"
)

func Apples(db *sql.DB) *sql.Row {
	// @native-sql the table has no type
	return db.QueryRow("SELECT count(*) FROM " + Table) // ok: nobody sets the variable to anything else
}

func InSeason(db *sql.DB) *sql.Row {
	// @native-sql the season has no type
	return db.QueryRow("SELECT count(*) FROM apples_of_" + Season) // want `can be injected into`
}

func InWeather(db *sql.DB) *sql.Row {
	// @native-sql the weather has no type
	return db.QueryRow("SELECT count(*) FROM apples_of_" + Weather) // want `can be injected into`
}

// Node is generic, and refers to itself.
type Node[T any] struct {
	next  *Node[T]
	Table string
}

type Leaf[T any] Node[T]

func Nodes(db *sql.DB, l Leaf[int]) *sql.Row {
	n := Node[int](l)
	// @native-sql the table has no type
	return db.QueryRow("SELECT count(*) FROM " + n.Table) // want `can be injected into`
}
