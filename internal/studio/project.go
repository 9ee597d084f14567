package studio

// Project is what is known besides a database.
type Project struct{}

type prepared struct{}

func (r *request) uses(t *table) []use { return nil }

func drawnStyle() string { return "" }
