// Package twoschemas is in a project with two blocks over different schemas.
package twoschemas

import sq "github.com/Masterminds/squirrel"

func statements() {
	_, _, _ = sq.Select("id", "emial").From("customers").ToSql()                            // want `no such column: emial; did you mean email`
	_, _, _ = sq.Select("vists").From("customers").ToSql()                                  // want `no such column: vists; did you mean visits`
	_, _, _ = sq.Select("id").From("evnts").ToSql()                                         // want `no such table: evnts; did you mean events`
	_, _, _ = sq.Select("id").From("ordrs").ToSql()                                         // want `no such table: ordrs; did you mean orders`
	_, _, _ = sq.Select("id").From("orders").Where(sq.Eq{"acter": "x"}).ToSql()             // want `no such column: acter`
	_, _, _ = sq.Update("events").Set("actr", "x").Where("id = ?", 1).ToSql()               // want `no such column: actr; did you mean actor`
	_, _, _ = sq.Select("nope").From("customers c").Join("events e ON e.id = c.id").ToSql() // want `no such column: nope`

	_, _, _ = sq.Select("name", "email").From("customers").ToSql()                                            // ok: the shop's
	_, _, _ = sq.Select("name", "visits").From("customers").ToSql()                                           // ok: the audit's
	_, _, _ = sq.Select("actor").From("events").OrderBy("happened_at").ToSql()                                // ok: known
	_, _, _ = sq.Select("total").From("orders").Where(sq.Gt{"total": 1}).ToSql()                              // ok: known
	_, _, _ = sq.Select("c.name", "e.actor").From("customers c").Join("events e ON e.actor = c.name").ToSql() // ok: in one database
	_, _, _ = sq.Select("o.total").From("orders o").Join("events e ON e.id = o.id").ToSql()                   // ok: one database may be attached to the other
	_, _, _ = sq.Insert("customers").Columns("email", "name").Values("a", "b").ToSql()                        // ok: the shop's
	_, _, _ = sq.Insert("customers").Columns("seen_at", "visits").Values(nil, 1).ToSql()                      // ok: the audit's
	_, _, _ = sq.Select("id").From("nowhere").ToSql()                                                         // want `no such table: nowhere`
	_, _, _ = sq.Delete("nowhere").Where("id = 1").ToSql()                                                    // want `no such table: nowhere`
}
