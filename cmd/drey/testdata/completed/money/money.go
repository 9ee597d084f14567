// Package money has a type of the project's own.
package money

// Cents are hundredths.
type Cents int64
