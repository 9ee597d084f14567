package check

import (
	"context"
	"errors"
	"fmt"
	"log"

	"example.com/replay/drey"
	"example.com/replay/upkeep_tenants/db"
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
	c := must(db.Open(ctx, ":memory:"))
	mine, theirs := db.Notes.Of(1), db.Notes.Of(2)
	for _, slug := range []string{"a", "b"} {
		must(c.CreateNote(ctx, db.CreateNoteParams{AccountID: 1, Slug: slug}))
		must(c.CreateNote(ctx, db.CreateNoteParams{AccountID: 2, Slug: slug + "2"}))
	}
	notes := must(mine.OrderBy(db.Notes.Slug.Asc()).All(ctx, c))
	fmt.Println("theirs", must(c.DeleteNote(ctx, db.DeleteNoteParams{AccountID: 2, ID: notes[0].ID})), "mine", must(c.DeleteNote(ctx, db.DeleteNoteParams{AccountID: 1, ID: notes[0].ID})))
	fmt.Println("live", must(mine.Count(ctx, c)), must(theirs.Count(ctx, c)), must(db.Notes.OfEveryTenant().Count(ctx, c)))
	fmt.Println("all", must(mine.WithDeleted().Count(ctx, c)), must(theirs.WithDeleted().Count(ctx, c)), must(db.Notes.OfEveryTenant().WithDeleted().Count(ctx, c)))

	_, err := mine.Insert().OrUpdate(db.Notes.KeySlug).Exec(ctx, c, db.Note{Slug: "a"})
	fmt.Println("a deleted row of mine", errors.Is(err, drey.ErrDeleted))
	_, err = theirs.Insert().OrUpdate(db.Notes.KeySlug).Exec(ctx, c, db.Note{Slug: "a"})
	fmt.Println("a deleted row of theirs", errors.Is(err, drey.ErrTenant))
	must(mine.WithDeleted().Update(db.Notes.DeletedAt.SetNull()).Where(db.Notes.Slug.Eq("a")).Exec(ctx, c))
	_, err = theirs.WithDeleted().Update(db.Notes.DeletedAt.SetNull(), db.Notes.AccountID.Set(1)).EveryRow().Exec(ctx, c)
	fmt.Println("restored", must(mine.Where(db.Notes.Slug.Eq("a")).One(ctx, c)).Version, errors.Is(err, drey.ErrTenant))
	_, err = mine.Update(db.Notes.Version.Expect(0)).Where(db.Notes.Slug.Eq("a")).Exec(ctx, c)
	_, static := c.UpdateNote(ctx, db.UpdateNoteParams{AccountID: 1, ID: notes[0].ID, Version: 1})
	fmt.Println("stale", errors.Is(err, drey.ErrStale), errors.Is(static, drey.ErrStale))
	fmt.Println("deleted", must(theirs.Delete().EveryRow().Exec(ctx, c)), must(theirs.WithDeleted().Delete().EveryRow().Exec(ctx, c)), must(mine.Count(ctx, c)))

	// A link table whose live rows are unique.
	tag := must(c.CreateTag(ctx, "go"))
	pair := db.NoteTag{NoteID: notes[0].ID, TagID: tag.ID}
	into := db.NoteTags.Insert(db.NoteTags.NoteID, db.NoteTags.TagID)
	must(into.Exec(ctx, c, pair))
	must(db.NoteTags.Delete().EveryRow().Exec(ctx, c))
	fmt.Println("links", len(must(drey.LoadMany(ctx, c, notes, db.NoteToTags, &db.Tags.Query))))
	must(into.Exec(ctx, c, pair))
	fmt.Println("again", len(must(drey.LoadMany(ctx, c, notes, db.NoteToTags, &db.Tags.Query))[notes[0].ID]), must(db.NoteTags.WithDeleted().Count(ctx, c)))
}
