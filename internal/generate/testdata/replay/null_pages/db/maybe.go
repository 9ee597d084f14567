package db

// Maybe is a text, or nothing.
type Maybe string

// Scan takes NULL for nothing.
func (m *Maybe) Scan(src any) error {
	text, _ := src.(string)
	*m = Maybe(text)
	return nil
}
