// Package excused says why it imports the package.
package excused

import (
	// @other-orm store goes when the import job has gone
	"example.com/shop/store" // ok: it has a reason
)

var DB = store.DB
