package odd

import (
	"context"
	"errors"
	"fmt"

	"github.com/dreysql/drey/internal/proof/conformance/odd/odddb"
	drey "github.com/dreysql/drey/internal/runtime"
)

// tenants are calls on rows of several tenants, of both halves.
var tenants = []Case{
	{"rows of two tenants", func(ctx context.Context, c *odddb.Client) (any, error) {
		p, t := &odddb.Projects, &odddb.Tasks
		n, e1 := p.Of(7).Insert(p.ID, p.Code).Exec(ctx, c, odddb.Project{ID: 1, Code: "nest"}, odddb.Project{ID: 2, Code: "egg"})
		m, e2 := p.Of(8).Insert(p.ID, p.Code).Exec(ctx, c, odddb.Project{ID: 3, Code: "nest"})
		static, e3 := c.CreateProject(ctx, odddb.CreateProjectParams{ID: new(int64(4)), AccountID: 8, Code: "egg", Hits: new(int64(5))})
		tasks := make([]odddb.Task, 120) // more than a statement of D1 takes
		for i := range tasks {
			tasks[i] = odddb.Task{ID: int64(i + 1), ProjectID: int64(i%2 + 1), Title: fmt.Sprint("task ", i)}
		}
		k, e4 := t.Of(7).Insert(t.ID, t.ProjectID, t.Title).Exec(ctx, c, tasks...)
		rows, e5 := t.Of(8).Insert(t.ProjectID, t.Title, t.Rank).Returning(ctx, c, odddb.Task{ProjectID: 3, Title: "theirs", Rank: new(1.5)})
		return []any{n, m, static.AccountID, k, len(rows), rows[0].ID}, errors.Join(e1, e2, e3, e4, e5)
	}},
	{"each sees its own", func(ctx context.Context, c *odddb.Client) (any, error) {
		list := []any{}
		for _, tenant := range []int64{7, 8, 9} {
			mine, err := odddb.Projects.Of(tenant).OrderBy(odddb.Projects.ID.Asc()).All(ctx, c)
			static, e2 := c.ListProjects(ctx, tenant)
			count, e3 := odddb.Tasks.Of(tenant).Count(ctx, c)
			counts, e4 := c.TaskCounts(ctx, tenant)
			narrowed, e5 := odddb.TaskCounts.With(tenant).Where(odddb.TaskCounts.Tasks.Gt(0)).All(ctx, c)
			_, one := c.GetProject(ctx, odddb.GetProjectParams{AccountID: tenant, ID: 1})
			busy, e6 := odddb.Busies.Of(tenant).All(ctx, c)
			if err := errors.Join(err, e2, e3, e4, e5, e6); err != nil {
				return nil, err
			}
			list = append(list, len(mine), len(static), count, counts, narrowed, kind(one), busy)
		}
		return list, nil
	}},
	{"no tenant", func(ctx context.Context, c *odddb.Client) (any, error) {
		_, a := odddb.Projects.Of(0).Count(ctx, c)
		_, b := c.GetProject(ctx, odddb.GetProjectParams{ID: 1})
		_, d := c.ListProjects(ctx, 0)
		_, e := c.CreateProject(ctx, odddb.CreateProjectParams{Code: "x"})
		_, f := odddb.Projects.Of(0).Insert(odddb.Projects.Code).Exec(ctx, c, odddb.Project{Code: "x"})
		_, g := odddb.Memos.Of("").Count(ctx, c)
		_, h := c.PutMemo(ctx, odddb.PutMemoParams{Key: "k", Body: []byte("x")})
		_, i := odddb.TaskCounts.With(0).All(ctx, c)
		_, j := c.TasksOf(ctx, odddb.TasksOfParams{Ids: []int64{1}})
		_, k := c.RaiseRank(ctx, odddb.RaiseRankParams{By: new(1.0)})
		var batch odddb.Batch
		batch.Do(func(tx *odddb.Tx) error { _, err := tx.DeleteTask(ctx, odddb.DeleteTaskParams{ID: 1}); return err })
		return kinds(a, b, d, e, f, g, h, i, j, k, batch.Run(ctx, c)), nil
	}},
	{"out of the tenant", func(ctx context.Context, c *odddb.Client) (any, error) {
		p := &odddb.Projects
		_, row := p.Of(7).Insert(p.AccountID, p.Code).Exec(ctx, c, odddb.Project{AccountID: 8, Code: "x"})
		_, set := p.Of(7).Update(p.AccountID.Set(8)).EveryRow().Exec(ctx, c)
		_, upsert := p.Of(8).Insert(p.ID, p.Code, p.Hits).OrUpdate(p.PrimaryKey, p.Hits).Exec(ctx, c, odddb.Project{ID: 1, Code: "taken", Hits: 9})
		_, static := c.UpsertProject(ctx, odddb.UpsertProjectParams{ID: 1, AccountID: 8, Code: "taken"})
		_, task := odddb.Tasks.Of(8).Insert(odddb.Tasks.ProjectID, odddb.Tasks.Title).Exec(ctx, c, odddb.Task{ProjectID: 1, Title: "of another's project"})
		n, e1 := p.Of(8).Update(p.Hits.Set(99)).Where(p.ID.Eq(1)).Exec(ctx, c)
		m, e2 := c.DeleteProject(ctx, odddb.DeleteProjectParams{AccountID: 8, ID: 1})
		_, update := c.UpdateProject(ctx, odddb.UpdateProjectParams{AccountID: 8, ID: 1, Version: 1, Hits: new(int64(9))})
		var b odddb.Batch
		b.Do(func(tx *odddb.Tx) error {
			_, err := p.Of(7).Update(p.Hits.Set(50)).EveryRow().Exec(ctx, tx)
			return err
		})
		b.Do(func(tx *odddb.Tx) error {
			_, err := p.Of(8).Insert(p.ID, p.Code, p.Hits).OrUpdate(p.PrimaryKey, p.Hits).Exec(ctx, tx, odddb.Project{ID: 1, Code: "taken", Hits: 9})
			return err
		})
		batch := b.Run(ctx, c)
		hits, e3 := drey.Pluck(ctx, c, p.Of(7).OrderBy(p.ID.Asc()), p.Hits)
		return []any{kinds(row, set, upsert, static, task, update, batch), n, m, hits}, errors.Join(e1, e2, e3)
	}},
	{"relations of a tenant", func(ctx context.Context, c *odddb.Client) (any, error) {
		p, t := &odddb.Projects, &odddb.Tasks
		rows, e1 := p.OfEveryTenant().OrderBy(p.ID.Asc()).All(ctx, c)
		of := []any{}
		for _, tenant := range []int64{7, 8} {
			tasks, err := drey.LoadMany(ctx, c, rows, odddb.ProjectToTasksByAccountProject, t.Of(tenant).OrderBy(t.ID.Asc()))
			with, err2 := p.Of(tenant).Where(drey.Exists(t.Of(tenant).Where(t.ID.Lte(2)), odddb.ProjectToTasksByAccountProject)).Count(ctx, c)
			own, err3 := t.Of(tenant).OrderBy(t.ID.Desc()).Limit(3).All(ctx, c)
			projects, err4 := drey.LoadOne(ctx, c, own, odddb.TaskToAccountProject, p.Of(tenant).Where())
			if err := errors.Join(err, err2, err3, err4); err != nil {
				return nil, err
			}
			n := 0
			for _, list := range tasks {
				n += len(list)
			}
			of = append(of, len(tasks), n, with, len(own), len(projects))
		}
		return of, e1
	}},
	{"pages and batches of a tenant", func(ctx context.Context, c *odddb.Client) (any, error) {
		t := &odddb.Tasks
		q := t.Of(7).OrderBy(t.Rank.Asc(), t.ID.Desc())
		n, pages := 0, 0
		for cursor := ""; ; pages++ {
			page, err := q.Page(ctx, c, cursor, 50)
			if err != nil {
				return nil, err
			}
			for _, r := range page.Rows {
				if r.AccountID == 7 {
					n++
				}
			}
			if cursor = page.Next; cursor == "" {
				break
			}
		}
		var b odddb.Batch
		count := odddb.InBatch(&b, func(tx *odddb.Tx) (int64, error) { return t.Of(8).Count(ctx, tx) })
		list := odddb.InBatch(&b, func(tx *odddb.Tx) ([]odddb.TasksOfRow, error) {
			return tx.TasksOf(ctx, odddb.TasksOfParams{AccountID: 8, Ids: []int64{1, 121}})
		})
		raised := odddb.InBatch(&b, func(tx *odddb.Tx) (int64, error) {
			return tx.RaiseRank(ctx, odddb.RaiseRankParams{AccountID: 8, By: new(0.25)})
		})
		if err := b.Run(ctx, c); err != nil {
			return nil, err
		}
		return []any{n, pages, only(count()), only(list()), only(raised()), only(c.CountTasks(ctx))}, nil
	}},
	{"a tenant that is a text", func(ctx context.Context, c *odddb.Client) (any, error) {
		m := &odddb.Memos
		a, e1 := c.PutMemo(ctx, odddb.PutMemoParams{Owner: "o'\"\x00", Key: "k", Body: []byte{}})
		again, e2 := c.PutMemo(ctx, odddb.PutMemoParams{Owner: "o'\"\x00", Key: "k", Body: []byte{0, 0xff}})
		n, e3 := m.Of("O'\"\x00").Count(ctx, c)
		own, e4 := m.Of("o'\"\x00").All(ctx, c)
		_, out := m.Of("5").Insert().Exec(ctx, c, odddb.Memo{Owner: "6", Key: "k", Body: []byte("x")})
		k, e5 := m.Of("5").Insert(m.Key, m.Body).Exec(ctx, c, odddb.Memo{Key: "k", Body: []byte("x")}, odddb.Memo{Key: "l", Body: []byte("y")})
		other, e6 := m.Of("5.0").Count(ctx, c)
		gone, e7 := m.OfEveryTenant().Delete().EveryRow().Exec(ctx, c)
		return []any{a, again, n, own, kind(out), k, other, gone}, errors.Join(e1, e2, e3, e4, e5, e6, e7)
	}},
}

func kinds(errs ...error) (list []string) {
	for _, err := range errs {
		list = append(list, kind(err))
	}
	return list
}
