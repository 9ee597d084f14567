package db

// Payment is the project's own, and wins.
type Payment string

// InvoiceKind is a name that somebody has used already.
func InvoiceKind() {}
