// Package check has two accounts with the same rows, and asks as one of them.
package check

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"example.com/replay/drey"
	"example.com/replay/tenants/db"
)

func Check(dir string) error {
	ctx := context.Background()
	path := filepath.Join(dir, "check.db")
	if _, err := db.Migrate(ctx, path); err != nil {
		return err
	}
	c, err := db.Open(ctx, path)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := db.Accounts.Insert().Exec(ctx, c, db.Account{ID: 1, Name: "one"}, db.Account{ID: 2, Name: "two"}); err != nil {
		return err
	}
	mine, theirs := db.Projects.Of(1), db.Projects.Of(2)
	said := func(what string, v, err any) { fmt.Println(what+":", v, err) }

	n, err := mine.Insert().Exec(ctx, c, db.Project{ID: 10, Code: "a"}, db.Project{ID: 11, Code: "b", AccountID: 1})
	said("insert", n, err)
	n, err = theirs.Insert(db.Projects.ID, db.Projects.Code).Exec(ctx, c, db.Project{ID: 20, Code: "c"})
	said("insert columns", n, err)
	n, err = mine.Insert().Exec(ctx, c, db.Project{ID: 12, Code: "d", AccountID: 2})
	said("insert another's", n, err)
	all, err := mine.OrderBy(db.Projects.ID.Asc()).All(ctx, c)
	said("mine", all, err)
	n, err = mine.Where(db.Projects.ID.Eq(20)).Count(ctx, c)
	said("theirs, by id", n, err)
	n, err = mine.Where(drey.Or(db.Projects.ID.Eq(20), db.Projects.ID.Eq(10))).Count(ctx, c)
	said("in an OR", n, err)
	n, err = db.Projects.OfEveryTenant().Count(ctx, c)
	said("of every tenant", n, err)

	n, err = mine.Update(db.Projects.Hits.Set(1)).Where(db.Projects.ID.Eq(20)).Exec(ctx, c)
	said("update theirs", n, err)
	n, err = mine.Update(db.Projects.AccountID.Set(2)).EveryRow().Exec(ctx, c)
	said("give away", n, errors.Is(err, drey.ErrTenant))
	n, err = mine.Update(db.Projects.Hits.Set(1)).Exec(ctx, c)
	said("update without a predicate", n, errors.Is(err, drey.ErrNoPredicate))
	n, err = mine.Delete().EveryRow().Where(db.Projects.ID.Gte(11)).Exec(ctx, c)
	said("delete", n, err)

	upsert := mine.Insert().OrUpdate(db.Projects.KeyCode)
	rows, err := upsert.Returning(ctx, c, db.Project{ID: 10, Code: "a", Hits: 5})
	said("upsert mine", rows, err)
	n, err = upsert.Exec(ctx, c, db.Project{ID: 30, Code: "new"}, db.Project{ID: 31, Code: "c", Hits: 7})
	said("upsert theirs", n, err)
	said("upsert theirs", errors.Is(err, drey.ErrTenant), nil)
	_, err = mine.Insert().OrReplace().Exec(ctx, c, db.Project{ID: 31, Code: "c"})
	said("replace theirs", "", err)
	every, err := db.Projects.OfEveryTenant().OrderBy(db.Projects.ID.Asc()).All(ctx, c)
	said("every", every, err)

	tasks := db.Tasks.Of(1)
	n, err = drey.InsertSelect(tasks.Insert(), mine.Where(), drey.SetFrom(db.Tasks.ProjectID, db.Projects.ID), drey.SetFrom(db.Tasks.Title, db.Projects.Code)).Exec(ctx, c)
	said("insert select", n, err)
	n, err = drey.InsertSelect(tasks.Insert(), mine.Where(), drey.SetFrom(db.Tasks.AccountID, db.Projects.ID)).Exec(ctx, c)
	said("insert select of another", n, errors.Is(err, drey.ErrTenant))
	if _, err := db.Tasks.Of(2).Insert(db.Tasks.ProjectID, db.Tasks.Title).Exec(ctx, c, db.Task{ProjectID: 10, Title: "theirs, below mine"}); err != nil {
		return err
	}
	found, err := drey.LoadMany(ctx, c, all[:1], db.ProjectToTasks, tasks.Where())
	said("related", found, err)
	n, err = mine.Where(drey.Exists(tasks.Where(db.Tasks.Title.Contains("theirs")), db.ProjectToTasks)).Count(ctx, c)
	said("exists", n, err)

	counts, err := c.TaskCounts(ctx, 1)
	said("a query", counts, err)
	more, err := db.TaskCounts.With(2).All(ctx, c)
	said("a query source", more, err)

	_, err = c.GetProject(ctx, db.GetProjectParams{AccountID: 2, ID: 10})
	said("get theirs", "", err)
	_, err = c.UpsertProjectByCode(ctx, db.UpsertProjectByCodeParams{AccountID: 2, Code: "a"})
	said("upsert theirs", "", err)
	n, err = c.DeleteProject(ctx, db.DeleteProjectParams{AccountID: 2, ID: 10})
	said("delete theirs", n, err)

	n, err = db.Notes.Of("x").Insert().Exec(ctx, c, db.Note{Text: "a"})
	said("a note", n, err)
	notes, err := db.Notes.Of("x").All(ctx, c)
	said("notes", *notes[0].AccountID, err)
	busy, err := db.Busies.Of(1).All(ctx, c)
	said("a view", busy, err)
	busy, err = db.Busies.Of(2).All(ctx, c)
	said("a view of theirs", busy, err)
	codes, err := db.Codes.OfEveryTenant().OrderBy(db.Codes.Code.Asc()).All(ctx, c)
	said("a view that mixes", codes, err)
	total, err := c.CountEverything(ctx)
	said("allowed", total, err)
	said("a column called of", db.Projects.OfColumn != nil, nil)

	// Where nobody says the tenant, nothing runs.
	for what, run := range map[string]func() error{
		"get":          func() error { return second(c.GetProject(ctx, db.GetProjectParams{ID: 10})) },
		"create":       func() error { return second(c.CreateProject(ctx, db.CreateProjectParams{Code: "z"})) },
		"update":       func() error { return second(c.UpdateProject(ctx, db.UpdateProjectParams{ID: 10})) },
		"upsert":       func() error { return second(c.UpsertProjectByCode(ctx, db.UpsertProjectByCodeParams{Code: "a"})) },
		"delete":       func() error { return second(c.DeleteProject(ctx, db.DeleteProjectParams{ID: 10})) },
		"list":         func() error { return second(c.ListProjects(ctx, 0)) },
		"count":        func() error { return second(c.CountProjects(ctx, 0)) },
		"a query":      func() error { return second(c.TaskCounts(ctx, 0)) },
		"its source":   func() error { return second(db.TaskCounts.With(0).All(ctx, c)) },
		"a source":     func() error { return second(db.Projects.Of(0).Count(ctx, c)) },
		"a write":      func() error { return second(db.Projects.Of(0).Delete().EveryRow().Exec(ctx, c)) },
		"a view":       func() error { return second(db.Busies.Of(0).Count(ctx, c)) },
		"an insertion": func() error { return second(db.Projects.Of(0).Insert().Exec(ctx, c, db.Project{Code: "z"})) },
	} {
		if err := run(); !errors.Is(err, drey.ErrTenant) {
			said("nobody's "+what, nil, err)
		}
	}
	return nil
}

func second[T any](_ T, err error) error { return err }
