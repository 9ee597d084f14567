// Package check leaves out what can be NULL and has an override's type that cannot.
package check

import (
	"context"
	"fmt"
	"log"

	"example.com/replay/null_overrides/db"
)

// Check runs what the case is about.
func Check(string) {
	ctx := context.Background()
	c, err := db.Open(ctx, ":memory:")
	if err != nil {
		log.Fatal(err)
	}
	rank, boss := db.Rank("cook"), 1
	if _, err := c.CreateUser(ctx, db.CreateUserParams{Rank: rank}); err != nil {
		log.Fatal(err)
	}
	if _, err := db.Users.Insert().Exec(ctx, c, db.User{ID: 2, Rank: rank}); err != nil {
		log.Fatal(err)
	}
	print := func() {
		rows, err := c.Bosses(ctx)
		if err != nil {
			log.Fatal(err)
		}
		var table []db.User // one type, whatever the rows come from
		if table, err = db.Users.OrderBy(db.Users.ID.Asc()).All(ctx, c); err != nil {
			log.Fatal(err)
		}
		for i, row := range rows {
			u := table[i]
			fmt.Println(u.Nick.Valid, u.BossID != nil, u.Seen.Valid, u.Rank, row.User.BossID != nil, row.Boss.Valid)
		}
	}
	for _, to := range []*int{&boss, nil} {
		if err := c.SetBoss(ctx, db.SetBossParams{ID: 2, BossID: to}); err != nil {
			log.Fatal(err)
		}
		print()
	}
}
