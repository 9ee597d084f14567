package harvest

import "database/sql"

// Grafting is made of constants, in whatever way it is done.
type Grafting interface {
	Table(of string) (string, error)
	Orders() []string
}

func Graft(db *sql.DB, g Grafting) {
	table, err := g.Table("grafts")
	if err != nil {
		return
	}
	for _, order := range g.Orders() {
		// @native-sql the table has no type
		db.QueryRow("SELECT id FROM " + table + " ORDER BY " + order) // ok: all that is of this interface returns constants
	}
}

// Pruning is made of what a user says in one of two ways.
type Pruning interface {
	Branch() string
}

func Prune(db *sql.DB, p Pruning) *sql.Row {
	// @native-sql the branch has no type
	return db.QueryRow("SELECT id FROM branches WHERE name = '" + p.Branch() + "'") // want `can be injected into`
}

// Label is what another module may make, as a file.
type Label interface {
	Name() string
}

func Called(db *sql.DB, l Label) *sql.Row {
	// @native-sql the label has no type
	return db.QueryRow("SELECT id FROM labels WHERE name = '" + l.Name() + "'") // want `can be injected into`
}

// Ripening is what nothing does.
type Ripening interface {
	Ripe() string
}

func Ripen(db *sql.DB, r Ripening) *sql.Row {
	// @native-sql the state has no type
	return db.QueryRow("SELECT id FROM fruits WHERE " + r.Ripe()) // want `can be injected into`
}

// Journal runs what it is handed, and so do two others.
type Journal struct{ DB *sql.DB }

func (j Journal) Enter(query string) error {
	// @native-sql the callers have the reason
	_, err := j.DB.Exec(query) // want `calls of Enter through an interface hand in SQL built`
	return err
}

type Ledger struct{ DB *sql.DB }

func (l *Ledger) Note(query string, args ...any) error {
	// @native-sql the callers have the reason
	_, err := l.DB.Exec(query, args...) // ok: the interface is called with constants
	return err
}

// Diary is not called through an interface.
type Diary struct{ DB *sql.DB }

func (d Diary) Tell(query string) error {
	// @native-sql the callers have the reason
	_, err := d.DB.Exec(query) // ok: its callers are looked at
	return err
}
