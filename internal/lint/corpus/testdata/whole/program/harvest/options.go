package harvest

import "database/sql"

// Mill has options, not all of which are used.
type Mill struct {
	db     *sql.DB
	table  string
	Flour  string
	bran   string
	grist  string
	Orders []string
}

type MillOption func(*Mill)

// Nobody calls these.

func WithTable(table string) MillOption { return func(m *Mill) { m.table = table } }

func WithFlour(table string) MillOption { return func(m *Mill) { m.Flour = table } }

func WithGrist(table string) MillOption { return func(m *Mill) { m.grist = table } }

func SetOrders(orders []string) MillOption { return func(m *Mill) { m.Orders = orders } }

func AddOrder(order string) MillOption {
	return func(m *Mill) { m.Orders = append(m.Orders, order) }
}

// WithBran is called by what a variable holds.
func WithBran(table string) MillOption { return func(m *Mill) { m.bran = table } }

func NewMill(db *sql.DB, options ...MillOption) *Mill {
	m := &Mill{db: db, table: "mills", Flour: "flour", bran: "bran", Orders: []string{"id", "name"}}
	for _, o := range options {
		o(m)
	}
	return m
}

func (m *Mill) Tables() *sql.Row {
	// @native-sql the table has no type
	return m.db.QueryRow("SELECT count(*) FROM " + m.table) // ok: nobody uses the option
}

func (m *Mill) Flours() *sql.Row {
	// @native-sql the table has no type
	return m.db.QueryRow("SELECT count(*) FROM " + m.Flour) // ok: nobody uses the option
}

func (m *Mill) Brans() *sql.Row {
	// @native-sql the table has no type
	return m.db.QueryRow("SELECT count(*) FROM " + m.bran) // want `can be injected into`
}

func (m *Mill) Grists() *sql.Row {
	// @native-sql the table has no type
	return m.db.QueryRow("SELECT count(*) FROM " + m.grist) // ok: nobody uses the option, so it is empty
}

func (m *Mill) Sorted() (list []*sql.Row) {
	for _, o := range m.Orders {
		// @native-sql the order has no type
		list = append(list, m.db.QueryRow("SELECT id FROM mills ORDER BY "+o)) // ok: nobody uses the options
	}
	return list
}

// Silo is generic, and so are its options. Nobody calls WithName; WithLabel is called
// through an interface.
type Silo[T any] struct {
	DB          *sql.DB
	Name, Label string
}

func (s Silo[T]) WithName(name string) Silo[T] {
	s.Name = name
	return s
}

func (s *Silo[T]) WithLabel(label string) { s.Label = label }

type Labelled interface{ WithLabel(label string) }

func (s Silo[T]) Count() *sql.Row {
	// @native-sql the table has no type
	return s.DB.QueryRow("SELECT count(*) FROM " + s.Name) // ok: nobody calls its option
}

func (s Silo[T]) Labels() *sql.Row {
	// @native-sql the table has no type
	return s.DB.QueryRow("SELECT count(*) FROM " + s.Label) // want `can be injected into`
}

// Barrel has statements of its own, and hands them on while a closure holds it.
type Barrel struct {
	DB          *sql.DB
	Full, Empty *Statement
	Done        func(error) error
}

type Statement struct{ Text string }

func (s *Statement) Longer(more string) *Statement { return &Statement{s.Text + " " + more} }

func NewBarrel(db *sql.DB) *Barrel {
	return &Barrel{DB: db, Full: &Statement{"SELECT id FROM barrels WHERE full"}}
}

func (b *Barrel) Fill() (err error) {
	defer func() { err = b.Done(err) }()
	b.run(b.Full)
	return nil
}

func (b *Barrel) run(s *Statement) {
	defer func() { _ = b.Done(nil) }()
	// @native-sql the statements have no type
	b.DB.QueryRow(s.Text) // ok: each is a constant
}

type Tap struct {
	DB   *sql.DB
	Open *Opening
	Done func(error) error
}

type Opening struct{ Text string }

func (t *Tap) Turn() (err error) {
	defer func() { err = t.Done(err) }()
	t.run(t.Open)
	return nil
}

func (t *Tap) run(s *Opening) {
	defer func() { _ = t.Done(nil) }()
	// @native-sql the statements have no type
	t.DB.QueryRow(s.Text) // want `can be injected into`
}
