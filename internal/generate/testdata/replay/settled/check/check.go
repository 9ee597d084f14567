package check

import (
	"context"
	"fmt"
	"log"
	"path/filepath"

	"example.com/replay/settled/db"
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
	must(db.Migrate(ctx, filepath.Join(dir, "shop.db")))
	c := must(db.Open(ctx, filepath.Join(dir, "shop.db")))
	fmt.Println(must(c.Queries.Few(ctx)))
	fmt.Println(must(db.Few.OrderBy(db.Few.Price.Asc()).All(ctx, c)))
	fmt.Println(must(db.Few.Where(db.Few.Price.Lt(5)).OrderBy(db.Few.Price.Asc()).Limit(1).All(ctx, c)))
	named := db.FewNamed.With(db.FewNamedParams{Name: "e", Max: 2})
	fmt.Println(must(named.OrderBy(db.FewNamed.Price.Asc()).All(ctx, c)))
	fmt.Println(must(db.Samples.OrderBy(db.Samples.Price.Asc()).All(ctx, c)))
	fmt.Println(must(db.Bargains.OrderBy(db.Bargains.Price.Asc()).All(ctx, c)))
	fmt.Println(must(db.OfView.OrderBy(db.OfView.Price.Asc()).All(ctx, c)))
	for range 100 {
		for _, r := range must(db.Lots.Where(db.Lots.Lot.Gt(0)).All(ctx, c)) {
			if r.Lot <= 0 {
				log.Fatal(r)
			}
		}
	}
}
