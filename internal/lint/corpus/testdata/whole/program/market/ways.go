package market

// Ways in which things are done.

type ByHand struct{}

func (ByHand) Table(of string) (string, error) { return of, nil }
func (ByHand) Orders() []string                { return nil }

type ByTool struct{ Kind string }

func (t ByTool) Table(of string) (string, error) { return of + "_by_" + t.Kind, nil }
func (t ByTool) Orders() []string                { return []string{"id", t.Kind} }

type Pruner struct{}

func (Pruner) Branch() string { return "lowest" }

type ByOrder string

func (o ByOrder) Branch() string { return string(o) }

type Tag struct{}

func (Tag) Name() string { return "tag" }

// Enterer and Noter are what the market knows of books.
type Enterer interface{ Enter(query string) error }

type Noter interface {
	Note(query string, args ...any) error
}

func Book(e Enterer, n Noter, name string) {
	_ = e.Enter("DELETE FROM books WHERE name = '" + name + "'")
	_ = n.Note("DELETE FROM books WHERE name = ?", name)
}
