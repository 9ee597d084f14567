package db

// Code is two letters and a number.
type Code struct {
	letters [2]byte
	number  int
}
