// Package words has the names that another package hands on.
package words

const State = "state" // ok: this package does not know what becomes of it

var Columns = []string{"id", "states"} // ok: this package does not know what becomes of it

// Some are the placeholders of some rows.
func Some() string { return "((?, ?))" }
