// Package otherengine is in a project with a block of another engine.
package otherengine

import sq "github.com/Masterminds/squirrel"

func statements() {
	_, _, _ = sq.Select("emial").From("customers").ToSql() // ok: it may be the other engine's
}
