package many

import "example.com/shop/made" // ok: said in e.go

var F made.Client
