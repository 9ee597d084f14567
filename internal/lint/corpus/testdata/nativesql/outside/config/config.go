// Package config has variables and functions that other packages read.
package config

import "os"

// Table is set by the environment.
var Table = os.Getenv("TABLE")

// Order may be set by anybody.
var Order = "id"

const Column = "name"

// Host comes from the environment.
func Host() string { return os.Getenv("HOST") }

// Customers is always the same.
func Customers() string { return "customers" }

type Dialect struct{ Limit string }
