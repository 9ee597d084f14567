// Package words has names and checks for the others.
package words

import "slices"

var columns = []string{"weight", "price"}

func Known(column string) bool { return slices.Contains(columns, column) }

func Long(column string) bool { return len(column) > 3 }

type Pest struct{ Kind string }

type names struct{ table string }

func (n *names) Table() string { return n.table }

var current = &names{table: "pears"}

// Current returns names that only this package makes.
func Current() *names { return current }
