// Package behind imports one that has said why.
package behind

import "example.com/shop/excused" // ok: the reason counts for those behind it

var DB = excused.DB
