// Package brokenschema is in a project one of whose schemas is broken.
package brokenschema

import sq "github.com/Masterminds/squirrel"

func statements() {
	_, _, _ = sq.Select("emial").From("customers").ToSql() // ok: it may be the broken one's
}
