package harvest

import "database/sql"

// Baskets are reached through interfaces of other packages.
type Baskets struct{ DB *sql.DB }

func (b *Baskets) Full(order string) (*sql.Rows, error) {
	// @native-sql the order has no type
	return b.DB.Query("SELECT id FROM baskets ORDER BY " + order) // ok: the interface is called with constants
}

func (b *Baskets) Empty(order string) (*sql.Rows, error) {
	// @native-sql the order has no type
	return b.DB.Query("SELECT id FROM baskets ORDER BY " + order) // want `can be injected into`
}

func (b *Baskets) Broken(order string) (*sql.Rows, error) {
	// @native-sql the order has no type
	return b.DB.Query("SELECT id FROM baskets ORDER BY " + order) // want `can be injected into`
}

// Write is a method that other modules call.
func (b *Baskets) Write(name []byte) (int, error) {
	// @native-sql the table has no type
	_, err := b.DB.Exec("DELETE FROM " + string(name)) // want `can be injected into`
	return len(name), err
}

// Shelf is generic, and so are the interfaces that it fits.
type Shelf[T any] struct{ DB *sql.DB }

func (s Shelf[T]) Of(order string, _ T) (*sql.Rows, error) {
	// @native-sql the order has no type
	return s.DB.Query("SELECT id FROM shelves ORDER BY " + order) // want `can be injected into`
}
