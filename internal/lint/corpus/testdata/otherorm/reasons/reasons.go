// Package reasons says why.
package reasons

import (
	// @other-orm the import job reads the old database until May
	_ "gorm.io/gorm" // ok: it has a reason

	// The old database.
	//
	// @other-orm the import job reads the old database until May
	_ "gorm.io/driver/sqlite" // ok: it has a reason among other words

	// @other-orm
	_ "github.com/jmoiron/sqlx" // want `another way`

	// @other-orm legacy
	_ "github.com/uptrace/bun" // want `another way`

	// @other-orm <why this has to be>
	_ "github.com/bokwoon95/sq" // want `another way`

	// @native-sql the reason of something else altogether
	_ "github.com/elgris/sqrl" // want `another way`

	// @other-orm a reason that stands too far above

	_ "xorm.io/xorm" // want `another way`
)
