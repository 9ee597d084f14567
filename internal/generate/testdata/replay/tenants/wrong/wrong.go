package wrong

import (
	"context"

	"example.com/replay/drey"
	"example.com/replay/tenants/db"
)

func Queries(ctx context.Context, c *db.Client, projects []db.Project) {
	db.Projects.All(ctx, c)
	db.Projects.Where(db.Projects.ID.Eq(1))
	db.Projects.OrderBy(db.Projects.ID.Asc())
	db.Projects.Count(ctx, c)
	db.Projects.Insert()
	db.Projects.Update(db.Projects.Hits.Set(1))
	db.Projects.Delete()
	db.Projects.Builder()
	db.Projects.ToSql()
	drey.From(&db.Projects.Query, nil)
	drey.Native(&db.Projects.Query, nil)
	drey.LoadMany(ctx, c, projects, db.ProjectToTasks, &db.Tasks.Query)
	db.Labels.Where(drey.Exists(db.Tasks.Where(), db.LabelToTasks))
	db.Busies.All(ctx, c)
	db.Codes.All(ctx, c)
	db.Codes.Of(1)
	db.Projects.Of("x")
	db.Projects.Of()
	db.TaskCounts.With()
	db.TaskCounts.All(ctx, c)
	c.GetProject(ctx, 1)
	c.ListProjects(ctx)
	c.CountProjects(ctx)
	c.DeleteProject(ctx, 1)
	_ = db.UpdateProjectParams{AccountID: 1, SetAccountID: true}
}
