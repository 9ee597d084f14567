package check

import (
	"context"
	"fmt"
	"log"

	"github.com/google/uuid"

	"example.com/replay/drey"
	"example.com/replay/relation_keys/db"
	"example.com/replay/relation_keys/ids"
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
	a, b := uuid.MustParse("00000000-0000-0000-0000-00000000000a"), uuid.MustParse("00000000-0000-0000-0000-00000000000b")
	must(db.Teams.Insert().Exec(ctx, c, db.Team{ID: a, Name: "A", Weight: 1, Raw: []byte("a")}, db.Team{ID: b, Name: "B", Weight: 2, Raw: []byte("b")}))
	must(db.Members.Insert().Exec(ctx, c, db.Member{ID: "ada", TeamID: a}, db.Member{ID: "bob", TeamID: b}, db.Member{ID: "cleo", TeamID: a}))
	must(db.Guests.Insert().Exec(ctx, c, db.Guest{ID: 1}, db.Guest{ID: 2, TeamID: uuid.NullUUID{UUID: b, Valid: true}}))
	must(db.Heirs.Insert().Exec(ctx, c, db.Heir{ID: 1}, db.Heir{ID: 2, TeamID: &b}))
	x1 := must(db.NewCode("xy1"))
	must(db.Visits.Insert().Exec(ctx, c, db.Visit{ID: 1, MemberID: "ada", Code: x1}, db.Visit{ID: 2, MemberID: "bob", Code: x1}))
	must(db.Notes.Insert().Exec(ctx, c, db.Note{ID: 1, MemberID: "ada", Code: x1}, db.Note{ID: 2, MemberID: "ada", Code: x1}))

	teams := must(db.Teams.Where().All(ctx, c))
	members := must(db.Members.Where().All(ctx, c))
	of := must(drey.LoadOne(ctx, c, members, db.MemberToTeam, &db.Teams.Query))
	fmt.Println(len(of), of[a].Name, of[b].Name)
	in := must(drey.LoadMany(ctx, c, teams, db.TeamToMembers, db.Members.OrderBy(db.Members.ID.Desc()).Limit(1)))
	fmt.Println(len(in), in[a][0].ID, in[b][0].ID)
	guests := must(drey.LoadOne(ctx, c, must(db.Guests.Where().All(ctx, c)), db.GuestToTeam, &db.Teams.Query))
	fmt.Println(len(guests), guests[b].Name)
	heirs := must(drey.LoadOne(ctx, c, must(db.Heirs.Where().All(ctx, c)), db.HeirToTeam, &db.Teams.Query))
	fmt.Println(len(heirs), heirs[b].Name)
	visits := must(drey.LoadMany(ctx, c, members, db.MemberToVisits, &db.Visits.Query))
	fmt.Println(len(visits), visits[ids.MemberID("bob")][0].ID)
	notes := must(drey.LoadMany(ctx, c, must(c.AllVisits(ctx)), db.VisitToNotesByMemberCode, db.Notes.OrderBy(db.Notes.ID.Asc())))
	fmt.Println(len(notes), len(notes[db.VisitToNotesByMemberCodeKey{MemberID: "ada", Code: x1}]))

	// Trees by keys of every type, whose values nobody decodes on the way.
	type member struct {
		ID   ids.MemberID
		Team *db.Team
	}
	type team struct {
		Name    string
		Members []member
	}
	in2 := drey.Select(db.Members.OrderBy(db.Members.ID.Asc()), func(p *drey.Projection[db.MembersSource], to *member) {
		drey.ReadInto(p, db.Members.ID, &to.ID)
		drey.ReadOne(p, db.MemberToTeam, &db.Teams.Query, &to.Team)
	})
	for _, t := range must(drey.Select(db.Teams.OrderBy(db.Teams.Name.Asc()), func(p *drey.Projection[db.TeamsSource], to *team) {
		drey.ReadInto(p, db.Teams.Name, &to.Name)
		drey.ReadMany(p, db.TeamToMembers, in2, &to.Members)
	}).All(ctx, c)) {
		for _, m := range t.Members {
			fmt.Print(t.Name, " ", m.ID, " ", m.Team.Name, " ", m.Team.ID == a, "; ")
		}
	}
	fmt.Println()
	type guest struct{ Team *db.Team }
	for _, g := range must(drey.Select(db.Guests.OrderBy(db.Guests.ID.Asc()), func(p *drey.Projection[db.GuestsSource], to *guest) {
		drey.ReadOne(p, db.GuestToTeam, db.Teams.Where(drey.Exists(&db.Members.Query, db.TeamToMembers)), &to.Team)
	}).All(ctx, c)) {
		fmt.Print(g.Team == nil, " ")
	}
	type visit struct{ Notes []db.Note }
	for _, v := range must(drey.Select(db.Visits.OrderBy(db.Visits.ID.Asc()), func(p *drey.Projection[db.VisitsSource], to *visit) {
		drey.ReadMany(p, db.VisitToNotesByMemberCode, &db.Notes.Query, &to.Notes)
	}).All(ctx, c)) {
		fmt.Print(len(v.Notes), " ")
	}
	fmt.Println()
}
