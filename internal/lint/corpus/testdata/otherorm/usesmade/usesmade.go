// Package usesmade uses an ORM's generated code.
package usesmade

import "example.com/shop/made" // want `example.com/shop/made → entgo.io/ent`

var Client made.Client

type Made = made.Client
