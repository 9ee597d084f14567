package odd

import (
	"context"
	"errors"

	"github.com/dreysql/drey/internal/proof/conformance/odd/odddb"
	drey "github.com/dreysql/drey/internal/runtime"
)

// upkeep is soft delete, the time of a change and versions, of both halves, within a tenant.
var upkeep = []Case{
	{"versions of a project", func(ctx context.Context, c *odddb.Client) (any, error) {
		p := &odddb.Projects
		one := p.ID.Eq(1)
		read, e1 := c.GetProject(ctx, odddb.GetProjectParams{AccountID: 7, ID: 1})
		first, e2 := c.UpdateProject(ctx, odddb.UpdateProjectParams{AccountID: 7, ID: 1, Version: read.Version, Hits: new(int64(1))})
		_, stale := c.UpdateProject(ctx, odddb.UpdateProjectParams{AccountID: 7, ID: 1, Version: read.Version, Hits: new(int64(2))})
		_, absent := c.UpdateProject(ctx, odddb.UpdateProjectParams{AccountID: 7, ID: 99, Version: 1})
		n, e3 := p.Of(7).Update(p.Hits.Add(1), p.Version.Expect(first.Version)).Where(one).Exec(ctx, c)
		_, again := p.Of(7).Update(p.Hits.Add(1), p.Version.Expect(first.Version)).Where(one).Exec(ctx, c)
		var b odddb.Batch
		b.Do(func(tx *odddb.Tx) error {
			_, err := p.Of(7).Update(p.Hits.Set(100)).Where(one).Exec(ctx, tx)
			return err
		})
		odddb.InBatch(&b, func(tx *odddb.Tx) (odddb.Project, error) {
			return tx.UpdateProject(ctx, odddb.UpdateProjectParams{AccountID: 7, ID: 1, Version: 1, Hits: new(int64(2))})
		})
		batch := b.Run(ctx, c)
		upsert, e4 := c.UpsertProject(ctx, odddb.UpsertProjectParams{ID: 1, AccountID: 7, Code: "nest", Hits: new(int64(30))})
		dynamic, e5 := p.Of(7).Insert(p.ID, p.Code, p.Hits).OrUpdate(p.PrimaryKey, p.Hits).Returning(ctx, c, odddb.Project{ID: 1, Code: "nest", Hits: 31})
		old := drey.TextTime{Time: upsert.UpdatedAt.AddDate(-1, 0, 0)}
		set, e6 := p.Of(7).Update(p.UpdatedAt.Set(old)).Where(one).Returning(ctx, c)
		if err := errors.Join(e1, e2, e3, e4, e5, e6); err != nil {
			return nil, err
		}
		return []any{read.Version, first.Version, kinds(stale, absent, again, batch), n, upsert.Version, upsert.Hits, dynamic[0].Version, dynamic[0].Hits,
			set[0].UpdatedAt.Equal(old.Time), set[0].Version, upsert.UpdatedAt.Before(read.UpdatedAt.Time)}, nil
	}},
	{"soft delete of a project", func(ctx context.Context, c *odddb.Client) (any, error) {
		p := &odddb.Projects
		two := p.ID.Eq(2)
		n, e1 := p.Of(7).Delete().Where(two).Exec(ctx, c)
		twice, e2 := c.DeleteProject(ctx, odddb.DeleteProjectParams{AccountID: 7, ID: 2})
		live, e3 := p.Of(7).Count(ctx, c)
		_, get := c.GetProject(ctx, odddb.GetProjectParams{AccountID: 7, ID: 2})
		all, e4 := drey.Pluck(ctx, c, p.Of(7).WithDeleted().OrderBy(p.ID.Asc()), p.ID)
		_, met := p.Of(7).Insert(p.ID, p.Code).OrUpdate(p.PrimaryKey, p.Code).Exec(ctx, c, odddb.Project{ID: 2, Code: "egg"})
		_, static := c.UpsertProject(ctx, odddb.UpsertProjectParams{ID: 2, AccountID: 7, Code: "egg"})
		_, update := c.UpdateProject(ctx, odddb.UpdateProjectParams{AccountID: 7, ID: 2, Version: 2, Hits: new(int64(2))})
		fresh, e5 := p.Of(7).Insert(p.ID, p.Code).Exec(ctx, c, odddb.Project{ID: 5, Code: "egg"}) // the key is free
		by, e6 := c.UpsertProjectByAccountIDAndCode(ctx, odddb.UpsertProjectByAccountIDAndCodeParams{AccountID: 7, Code: "egg", Hits: new(int64(6))})
		_, back := p.Of(7).WithDeleted().Update(p.DeletedAt.SetNull()).Where(two).Exec(ctx, c)
		tasks, e7 := drey.LoadOne(ctx, c, []odddb.Task{{AccountID: 7, ProjectID: 2}, {AccountID: 7, ProjectID: 1}}, odddb.TaskToAccountProject, p.Of(7).Where())
		with, e8 := drey.LoadOne(ctx, c, []odddb.Task{{AccountID: 7, ProjectID: 2}}, odddb.TaskToAccountProject, &p.Of(7).WithDeleted().Query)
		counts, e9 := c.TaskCounts(ctx, 7)
		return []any{n, twice, live, all, kinds(get, met, static, update, back), fresh, by.ID, by.Hits, len(tasks), len(with), len(counts)}, errors.Join(e1, e2, e3, e4, e5, e6, e7, e8, e9)
	}},
	{"soft delete of many tasks in a batch", func(ctx context.Context, c *odddb.Client) (any, error) {
		t := &odddb.Tasks
		var b odddb.Batch
		deleted := odddb.InBatch(&b, func(tx *odddb.Tx) (int64, error) {
			return t.Of(7).Delete().Where(t.ID.Lte(60)).Exec(ctx, tx)
		})
		rows := odddb.InBatch(&b, func(tx *odddb.Tx) ([]odddb.Task, error) {
			return t.Of(7).Delete().Where(t.ID.Eq(61)).Returning(ctx, tx)
		})
		static := odddb.InBatch(&b, func(tx *odddb.Tx) (int64, error) {
			return tx.DeleteTask(ctx, odddb.DeleteTaskParams{AccountID: 7, ID: 62})
		})
		left := odddb.InBatch(&b, func(tx *odddb.Tx) (int64, error) { return t.Of(7).Count(ctx, tx) })
		if err := b.Run(ctx, c); err != nil {
			return nil, err
		}
		found, err := rows()
		if err != nil || len(found) != 1 {
			return nil, err
		}
		restored := only(t.Of(7).WithDeleted().Update(t.GoneAt.SetNull()).Where(t.ID.Lte(62)).Exec(ctx, c))
		return []any{only(deleted()), found[0].ID, found[0].Version, found[0].GoneAt != nil, only(static()), only(left()), restored, only(t.Of(7).Count(ctx, c))}, nil
	}},
	{"the end of the tenants", func(ctx context.Context, c *odddb.Client) (any, error) {
		n, e1 := odddb.Tasks.OfEveryTenant().WithDeleted().Delete().EveryRow().Exec(ctx, c)
		m, e2 := odddb.Projects.OfEveryTenant().WithDeleted().Delete().EveryRow().Exec(ctx, c)
		return []any{n, m}, errors.Join(e1, e2)
	}},
}
