//go:build js && wasm

// Package d1 talks to D1 without database/sql.
package d1

import "syscall/js"

func d1(binding js.Value, name string) {
	binding.Call("prepare", "SELECT id FROM customers")             // want `raw SQL without a reason`
	binding.Call("prepare", "SELECT id FROM customers WHERE "+name) // want `can be injected into`
	// @native-sql this is about the schema
	binding.Call("prepare", "SELECT nmae FROM customers") // want `no such column: nmae`
	// @native-sql this is about the schema
	binding.Call("prepare", "SELECT name FROM customers WHERE id = ?") // ok: a reason is given
	binding.Call("batch", "SELECT id FROM customers")                  // ok: not prepare
}
