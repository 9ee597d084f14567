// Package plugin is in a project with a block that generates more than Go.
package plugin

import sq "github.com/Masterminds/squirrel"

func statements() {
	_, _, _ = sq.Select("emial").From("customers").ToSql() // want `no such column: emial; did you mean email`
	_, _, _ = sq.Select("email").From("customers").ToSql() // ok: known
}
