package check

import (
	"context"
	"fmt"
	"log"

	"example.com/replay/client_names/db"
)

// Check calls queries that have the names of the client's methods, beside those, and
// sources that are called as the packages of the runtime.
func Check(string) {
	ctx := context.Background()
	c, err := db.Open(ctx, ":memory:")
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	if _, err := c.ExecContext(ctx, "INSERT INTO users (name) VALUES ('Ada')"); err != nil {
		log.Fatal(err)
	}
	users, err := c.Queries.Stats(ctx)
	fmt.Println(users, err, c.Stats().Statements.Kept > 0)
	ids, err := c.Queries.QueryContext(ctx)
	fmt.Println(ids, err)
	err = c.Tx(ctx, func(tx *db.Tx) error {
		name, err := tx.Queries.Snapshot(ctx, 1)
		fmt.Println(name, err)
		var id int64
		err = tx.QueryRowContext(ctx, "SELECT id FROM users").Scan(&id)
		fmt.Println(id, err)
		return err
	})
	fmt.Println(err)
	names, err := db.Drey.Where(db.Drey.Name.Eq("Ada")).All(ctx, c)
	fmt.Println(names, err)
	names, err = db.Sqlite.Where(db.Sqlite.Name.NotEq("Ada")).All(ctx, c)
	fmt.Println(names, err)
}
