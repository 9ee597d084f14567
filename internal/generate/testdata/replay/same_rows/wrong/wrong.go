// Package wrong has handles of one source in a query of another, though their rows are of one type.
package wrong

import "example.com/replay/same_rows/db"

var _ = db.PopularLinks.With(5).Where(db.Links.Slug.Eq("c"))

var _ = db.QuietLinks.OrderBy(db.NotedLinks.ID.Asc())
