package check

import (
	"context"
	"fmt"
	"log"
	"path/filepath"

	"example.com/replay/strict_any/db"
)

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}

// Check runs what the case is about on a database in the folder.
func Check(dir string) {
	ctx := context.Background()
	must(db.Migrate(ctx, filepath.Join(dir, "any.db")))
	c := must(db.Open(ctx, filepath.Join(dir, "any.db")))
	for i, v := range []any{"007", int64(7), 7.0, "1e3", []byte("7")} {
		id := int64(i)
		must(db.Things.Insert().Exec(ctx, c, db.Thing{ID: id, V: v}))
		must(db.Others.Insert().Exec(ctx, c, db.Other{ID: id, V: v}))
		must(db.Things.Update(db.Things.V.Set(v)).Where(db.Things.ID.Eq(id)).Exec(ctx, c))
	}
	for _, v := range []any{"007", int64(7), "7"} {
		fmt.Printf("%#v: %d %d %d, converted %d\n", v, must(db.Things.Where(db.Things.V.Eq(v)).Count(ctx, c)), must(db.Seens.Where(db.Seens.V.In(v)).Count(ctx, c)),
			must(db.AllThings.Where(db.AllThings.V.Eq(v)).Count(ctx, c)), must(db.Others.Where(db.Others.V.Eq(v)).Count(ctx, c)))
	}
	for _, row := range must(db.AllThings.OrderBy(db.AllThings.ID.Asc()).All(ctx, c)) {
		fmt.Printf("%#v\n", row.V)
	}
}
