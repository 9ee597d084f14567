package check

import (
	"context"
	"fmt"
	"log"
	"path/filepath"

	"example.com/replay/drey"
	"example.com/replay/null_pages/db"
)

// Check runs what the case is about on a database in the folder.
func Check(dir string) {
	ctx := context.Background()
	if _, err := db.Migrate(ctx, filepath.Join(dir, "shop.db")); err != nil {
		log.Fatal(err)
	}
	c, err := db.Open(ctx, filepath.Join(dir, "shop.db"))
	if err != nil {
		log.Fatal(err)
	}
	for _, o := range []drey.Ordering[db.ItemsSource]{db.Items.Note.Asc(), db.Items.Note.Desc(), db.Items.Note.Asc().NullsLast()} {
		for cursor, more := "", true; more; more = cursor != "" {
			p, err := db.Items.OrderBy(o).Page(ctx, c, cursor, 1)
			if err != nil {
				log.Fatal(err)
			}
			fmt.Print(p.Rows[0].ID, " ")
			cursor = p.Next
		}
		fmt.Println()
	}
	for _, o := range []drey.Ordering[db.NotesSource]{db.Notes.Note.Asc(), db.Notes.Note.Desc()} {
		for cursor, more := "", true; more; more = cursor != "" {
			p, err := drey.Keyed(db.Notes.OrderBy(o), db.Notes.ID).Page(ctx, c, cursor, 1)
			if err != nil {
				log.Fatal(err)
			}
			fmt.Print(p.Rows[0].ID, " ")
			cursor = p.Next
		}
		fmt.Println()
	}
}
