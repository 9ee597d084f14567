package check

import (
	"context"
	"fmt"
	"log"
	"path/filepath"

	"example.com/replay/drey"
	"example.com/replay/relations/db"
)

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}

func ids(pets []db.Pet) (out []int64) {
	for _, p := range pets {
		out = append(out, p.ID)
	}
	return out
}

// Check runs what the case is about on a database in the folder.
func Check(dir string) {
	ctx := context.Background()
	must(db.Migrate(ctx, filepath.Join(dir, "odd.db")))
	c := must(db.Open(ctx, filepath.Join(dir, "odd.db")))
	owners := must(db.Owners.OrderBy(db.Owners.Name.Asc()).All(ctx, c))
	pets := must(db.Pets.OrderBy(db.Pets.ID.Asc()).All(ctx, c))

	of := must(drey.LoadOne(ctx, c, pets, db.PetToOwnerName, &db.Owners.Query))
	fmt.Println(len(of), of["ada"].Name, of["ADA"].Name, of["Ada"].Name, of["Bob"].Name)
	byOwner := must(drey.LoadMany(ctx, c, owners, db.OwnerToPetsByOwnerName, db.Pets.OrderBy(db.Pets.ID.Desc())))
	fmt.Println(len(byOwner), ids(byOwner["Ada"]), ids(byOwner["Bob"]))
	walked := must(drey.LoadMany(ctx, c, owners, db.OwnerToPetsByWalkedBy, db.Pets.OrderBy(db.Pets.ID.Asc())))
	fmt.Println(len(walked), ids(walked["Ada"]), ids(walked["Bob"]))

	parents := must(drey.LoadOne(ctx, c, pets, db.PetToParent, &db.Pets.Query))
	fmt.Println(len(parents), parents[1].ID, parents[3].ID)
	children := must(drey.LoadMany(ctx, c, pets, db.PetToPetsByParent, db.Pets.OrderBy(db.Pets.OwnerName.Desc()).Limit(1)))
	fmt.Println(len(children), ids(children[1]), ids(children[3]))
	rest := must(drey.LoadMany(ctx, c, pets, db.PetToPetsByParent, db.Pets.OrderBy(db.Pets.ID.Asc()).Limit(1).Offset(1)))
	fmt.Println(len(rest), ids(rest[1]))

	friends := must(drey.LoadMany(ctx, c, pets, db.PetToPetsByB, db.Pets.OrderBy(db.Pets.ID.Asc())))
	fmt.Println(len(friends), ids(friends[1]), ids(friends[2]))
	friendOf := must(drey.LoadMany(ctx, c, pets, db.PetToPetsByA, db.Pets.OrderBy(db.Pets.ID.Asc())))
	fmt.Println(len(friendOf), ids(friendOf[2]), ids(friendOf[3]))

	lines := must(db.Lines.Where().All(ctx, c))
	marks := must(db.Marks.Where().All(ctx, c))
	line := must(drey.LoadOne(ctx, c, marks, db.MarkToLineTenantLineNo, &db.Lines.Query))
	fmt.Println(len(line), line[db.MarkToLineTenantLineNoKey{LineTenant: 2, LineNo: "a"}])
	marked := must(drey.LoadMany(ctx, c, lines, db.LineToMarksByLineTenantLineNo, db.Marks.Where(db.Marks.ID.NotEq(1))))
	fmt.Println(len(marked), len(marked[db.LineToMarksByLineTenantLineNoKey{Tenant: 1, No: "a"}]))

	first := must(drey.LoadMany(ctx, c, pets, db.PetToFriendsByA, db.Friends.OrderBy(db.Friends.BID.Asc()).Limit(1)))
	fmt.Println(len(first), len(first[1]), first[1][0].BID, len(first[2]), first[2][0].BID)
	last := must(drey.LoadMany(ctx, c, pets, db.PetToPetsByB, db.Pets.OrderBy(db.Pets.ID.Desc()).Limit(1)))
	fmt.Println(len(last), ids(last[1]), ids(last[2]))
	words := must(drey.LoadMany(ctx, c, pets, db.PetToWords, db.Words.OrderBy(db.Words.Word.Asc()).Limit(2)))
	fmt.Println(len(words), words[1][0].Word.String, words[1][1].Word.String, len(words[2]))
	word := must(drey.LoadMany(ctx, c, pets, db.PetToWords, db.Words.OrderBy(db.Words.Word.Asc()).Limit(2).Offset(2)))
	fmt.Println(len(word), word[1][0].Word.String)
	none := must(drey.LoadMany(ctx, c, pets[:0], db.PetToPetsByA, &db.Pets.Query))
	fmt.Println(len(none))

	// The same relations in predicates, orders and projections.
	found := must(db.Owners.Where(drey.Exists(db.Pets.Where(db.Pets.ID.Lt(3)), db.OwnerToPetsByOwnerName)).All(ctx, c))
	fmt.Println(len(found), found[0].Name)
	idle := must(db.Owners.Where(drey.Not(drey.Exists(&db.Pets.Query, db.OwnerToPetsByWalkedBy))).All(ctx, c))
	fmt.Println(len(idle), idle[0].Name)
	fmt.Println(ids(must(db.Pets.Where(drey.CountOf(&db.Pets.Query, db.PetToPetsByParent).Gte(2)).All(ctx, c))))
	fmt.Println(ids(must(db.Pets.Where(drey.Exists(db.Pets.Where(db.Pets.ID.Eq(3)), db.PetToPetsByB)).OrderBy(db.Pets.ID.Asc()).All(ctx, c))))
	fmt.Println(ids(must(db.Pets.OrderBy(drey.Scalar(db.Owners.Name, &db.Owners.Query, db.PetToWalkedBy).Desc(), db.Pets.ID.Asc()).All(ctx, c))))
	fmt.Println(must(drey.Pluck(ctx, c, db.Marks.OrderBy(db.Marks.ID.Asc()), drey.Scalar(db.Lines.No, &db.Lines.Query, db.MarkToLineTenantLineNo))))
	fmt.Println(must(drey.Pluck(ctx, c, db.Lines.OrderBy(db.Lines.Tenant.Asc(), db.Lines.No.Asc()), drey.CountOf(&db.Marks.Query, db.LineToMarksByLineTenantLineNo))))
}
