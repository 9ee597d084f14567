package check

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log"

	"example.com/replay/drey"
	"example.com/replay/upkeep/db"
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
	ada := must(c.CreateUser(ctx, db.CreateUserParams{Email: "ada@x"}))
	bob := must(c.CreateUser(ctx, db.CreateUserParams{Email: "bob@x"}))
	first := must(c.CreateNote(ctx, db.CreateNoteParams{UserID: ada.ID, Slug: "first"}))
	must(c.CreateNote(ctx, db.CreateNoteParams{UserID: ada.ID, Slug: "second"}))
	tag := must(c.CreateTag(ctx, "go"))
	must(c.CreateNoteTag(ctx, db.CreateNoteTagParams{NoteID: first.ID, TagID: tag.ID}))

	fmt.Println("update", must(c.UpdateNote(ctx, db.UpdateNoteParams{ID: first.ID, Body: ptr("text"), Version: first.Version})).Version)
	_, err := c.UpdateNote(ctx, db.UpdateNoteParams{ID: first.ID, Body: ptr("stale"), Version: first.Version})
	fmt.Println("stale", errors.Is(err, drey.ErrStale), err)
	_, err = c.UpdateNote(ctx, db.UpdateNoteParams{ID: 99, Version: first.Version})
	fmt.Println("absent", errors.Is(err, sql.ErrNoRows))

	fmt.Println("delete", must(c.DeleteNote(ctx, first.ID)), must(c.DeleteNote(ctx, first.ID)))
	_, err = c.GetNote(ctx, first.ID)
	fmt.Println("get", errors.Is(err, sql.ErrNoRows))
	_, err = c.UpdateNote(ctx, db.UpdateNoteParams{ID: first.ID, Version: 2})
	fmt.Println("update of a deleted", errors.Is(err, sql.ErrNoRows))
	fmt.Println("list", len(must(c.ListNotes(ctx))), len(must(c.ListNotesByUserID(ctx, ada.ID))), must(c.CountNotes(ctx)))
	fmt.Println("partial key", must(c.UpsertNoteBySlug(ctx, db.UpsertNoteBySlugParams{UserID: bob.ID, Slug: "first"})).ID)
	again := must(c.UpsertNoteBySlug(ctx, db.UpsertNoteBySlugParams{UserID: bob.ID, Slug: "first", Body: ptr("again")}))
	fmt.Println("upsert", again.ID, again.Version, again.UpdatedAt != nil)
	must(c.DeleteUser(ctx, bob.ID))
	_, err = c.UpsertUserByEmail(ctx, db.UpsertUserByEmailParams{Email: "bob@x"})
	fmt.Println("upsert of a deleted", errors.Is(err, sql.ErrNoRows))

	dynamic(ctx, c, first)
}

func dynamic(ctx context.Context, c *db.Client, first db.Note) {
	all := must(db.Notes.OrderBy(db.Notes.ID.Asc()).All(ctx, c))
	whole := must(db.Notes.WithDeleted().OrderBy(db.Notes.ID.Asc()).All(ctx, c))
	fmt.Println("all", len(all), len(whole), whole[0].DeletedAt != nil, whole[0].UpdatedAt != nil, whole[0].Version)
	owners := must(drey.LoadOne(ctx, c, whole, db.NoteToUser, &db.Users.Query))
	fmt.Println("owners", len(owners), len(must(drey.LoadOne(ctx, c, whole, db.NoteToUser, &db.Users.WithDeleted().Query))))
	fmt.Println("tags", len(must(drey.LoadMany(ctx, c, whole, db.NoteToTags, &db.Tags.Query))))
	fmt.Println("notes", must(db.Tags.Where(drey.Exists(&db.Notes.Query, db.TagToNotes)).Count(ctx, c)),
		must(db.Tags.Where(drey.Exists(&db.Notes.WithDeleted().Query, db.TagToNotes)).Count(ctx, c)))

	must(db.Notes.WithDeleted().Update(db.Notes.DeletedAt.SetNull(), db.Notes.Slug.Set("restored")).Where(db.Notes.ID.Eq(first.ID)).Exec(ctx, c))
	fmt.Println("restored", must(db.Notes.Where(db.Notes.Slug.Eq("restored")).One(ctx, c)).Version)
	must(db.NoteTags.Delete().EveryRow().Exec(ctx, c))
	fmt.Println("link row deleted", len(must(drey.LoadMany(ctx, c, all, db.NoteToTags, &db.Tags.Query))),
		must(db.Tags.Where(drey.Exists(&db.Notes.Query, db.TagToNotes)).Count(ctx, c)))

	_, err := db.Notes.Update(db.Notes.Body.Set("x"), db.Notes.Version.Expect(1)).Where(db.Notes.ID.Eq(first.ID)).Exec(ctx, c)
	fmt.Println("stale", errors.Is(err, drey.ErrStale), err)
	fmt.Println("fresh", must(db.Notes.Update(db.Notes.Body.Set("x"), db.Notes.Version.Expect(3)).Where(db.Notes.ID.Eq(first.ID)).Returning(ctx, c))[0].Version)
	_, err = db.Users.Insert(db.Users.Email).OrUpdate(db.Users.KeyEmail).Exec(ctx, c, db.User{Email: "bob@x"})
	fmt.Println(err)
	_, err = db.Users.Insert(db.Users.Email).OrReplace().Exec(ctx, c, db.User{Email: "ada@x"})
	fmt.Println(err)
	gone := must(db.Tags.Delete().Where(db.Tags.Name.Eq("go")).Returning(ctx, c))
	fmt.Println("milliseconds", gone[0].DeletedAt.Year() > 2000, gone[0].DeletedAt.Year() < 3000)
	fmt.Println("purged", must(db.NoteTags.WithDeleted().Delete().EveryRow().Exec(ctx, c)), must(db.Tags.WithDeleted().Delete().EveryRow().Exec(ctx, c)),
		must(db.Tags.WithDeleted().Count(ctx, c)))
}

func ptr[T any](v T) *T { return &v }
