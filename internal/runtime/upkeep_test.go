package drey_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/Masterminds/squirrel"
	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/fixture"
	"github.com/dreysql/drey/internal/runtime/sqlite"
	"github.com/google/go-cmp/cmp"
)

// Tables with soft delete, of every kind of relation.

type (
	member struct {
		ID     int64
		Name   string
		BossID *int64
		Gone   *int64
	}
	task struct {
		ID       int64
		MemberID int64
		Title    string
		N        *int64
		Changed  *int64
		Version  int64
		Gone     *int64
	}
	sticker struct {
		ID   int64
		Name string
		Gone *int64
	}
	taskLabel struct {
		TaskID, LabelID int64
		Gone            *int64
	}

	inMembers    struct{}
	inTasks      struct{}
	inLabels     struct{}
	inTaskLabels struct{}
)

const upkeepSchema = `
CREATE TABLE members (id INTEGER PRIMARY KEY, name TEXT NOT NULL, boss_id INTEGER, gone INTEGER);
CREATE TABLE tasks (id INTEGER PRIMARY KEY, member_id INTEGER NOT NULL, title TEXT NOT NULL UNIQUE, n INTEGER, changed INTEGER, version INTEGER NOT NULL DEFAULT 0, gone INTEGER);
CREATE TABLE labels (id INTEGER PRIMARY KEY, name TEXT NOT NULL, gone INTEGER);
CREATE TABLE task_labels (task_id INTEGER NOT NULL, label_id INTEGER NOT NULL, gone INTEGER, PRIMARY KEY (task_id, label_id));`

// office has the sources, with soft delete or without.
type office struct {
	members struct {
		drey.Query[inMembers, member]
		drey.TableWrites[inMembers, member]
		drey.SoftDelete[inMembers, member]
		ID     *drey.NumberColumn[inMembers, int64]
		Name   *drey.TextColumn[inMembers]
		BossID *drey.NullNumberColumn[inMembers, int64]
	}
	tasks struct {
		drey.Query[inTasks, task]
		drey.TableWrites[inTasks, task]
		drey.SoftDelete[inTasks, task]
		ID       *drey.NumberColumn[inTasks, int64]
		MemberID *drey.NumberColumn[inTasks, int64]
		Title    *drey.TextColumn[inTasks]
		N        *drey.NullNumberColumn[inTasks, int64]
		Changed  *drey.NullNumberColumn[inTasks, int64]
		Version  *struct {
			drey.NumberColumn[inTasks, int64]
			drey.VersionColumn[inTasks, int64]
		}
		Gone     *drey.NullNumberColumn[inTasks, int64]
		KeyTitle drey.UniqueKey[inTasks]
	}
	labels struct {
		drey.Query[inLabels, sticker]
		drey.TableWrites[inLabels, sticker]
		Name *drey.TextColumn[inLabels]
	}
	taskLabels struct {
		drey.Query[inTaskLabels, taskLabel]
		drey.TableWrites[inTaskLabels, taskLabel]
	}

	memberToBoss    *drey.ToOne[inMembers, member, int64, inMembers]
	memberToReports *drey.ToMany[inMembers, member, int64, inMembers]
	memberToTasks   *drey.ToMany[inMembers, member, int64, inTasks]
	taskToMember    *drey.ToOne[inTasks, task, int64, inMembers]
	taskToLabels    *drey.ToMany[inTasks, task, int64, inLabels]
	labelToTasks    *drey.ToMany[inLabels, sticker, int64, inTasks]
}

func newOffice(soft bool) *office {
	relation := func(name string, key int, nullable []uint16, columns ...string) *drey.Relation {
		r := &drey.Relation{Name: `"` + name + `"`, Nullable: append(nullable, uint16(len(columns)-1))}
		for i, c := range columns {
			r.Columns = append(r.Columns, `"`+c+`"`)
			if i < key {
				r.Key = append(r.Key, uint16(i))
			}
		}
		r.Unique = [][]uint16{r.Key}
		if soft {
			r.Upkeep = &drey.Upkeep{Deleted: &drey.Stamp{Column: uint16(len(columns) - 1), SQL: "unixepoch()"}}
		}
		return drey.Number(r)
	}
	members := relation("members", 1, []uint16{2}, "id", "name", "boss_id", "gone")
	tasks := relation("tasks", 1, []uint16{3, 4}, "id", "member_id", "title", "n", "changed", "version", "gone")
	labels := relation("labels", 1, nil, "id", "name", "gone")
	taskLabels := relation("task_labels", 2, nil, "task_id", "label_id", "gone")
	if soft {
		tasks.Upkeep.Updated, tasks.Upkeep.Version = &drey.Stamp{Column: 4, SQL: "unixepoch()"}, &drey.Stamp{Column: 5}
	}

	o := &office{}
	memberFields := func(r *member, to []any) []any { return append(to, &r.ID, &r.Name, &r.BossID, &r.Gone) }
	o.members.Query, o.members.TableWrites = *drey.NewQuery[inMembers](members, memberFields), drey.NewTableWrites[inMembers](members, memberFields)
	o.members.SoftDelete = drey.NewSoftDelete[inMembers](members, memberFields)
	o.members.ID, o.members.Name = drey.NewNumberColumn[inMembers, int64](members, 0), drey.NewTextColumn[inMembers](members, 1)
	o.members.BossID = drey.NewNullNumberColumn[inMembers, int64](members, 2)

	taskFields := func(r *task, to []any) []any {
		return append(to, &r.ID, &r.MemberID, &r.Title, &r.N, &r.Changed, &r.Version, &r.Gone)
	}
	t := &o.tasks
	t.Query, t.TableWrites = *drey.NewQuery[inTasks](tasks, taskFields), drey.NewTableWrites[inTasks](tasks, taskFields)
	t.SoftDelete = drey.NewSoftDelete[inTasks](tasks, taskFields)
	t.ID, t.MemberID = drey.NewNumberColumn[inTasks, int64](tasks, 0), drey.NewNumberColumn[inTasks, int64](tasks, 1)
	t.Title, t.N = drey.NewTextColumn[inTasks](tasks, 2), drey.NewNullNumberColumn[inTasks, int64](tasks, 3)
	t.Changed, t.Gone = drey.NewNullNumberColumn[inTasks, int64](tasks, 4), drey.NewNullNumberColumn[inTasks, int64](tasks, 6)
	t.Version = &struct {
		drey.NumberColumn[inTasks, int64]
		drey.VersionColumn[inTasks, int64]
	}{*drey.NewNumberColumn[inTasks, int64](tasks, 5), drey.NewVersionColumn[inTasks, int64](tasks, 5)}
	t.KeyTitle = drey.NewKey[inTasks](2)

	labelFields := func(r *sticker, to []any) []any { return append(to, &r.ID, &r.Name, &r.Gone) }
	o.labels.Query, o.labels.TableWrites = *drey.NewQuery[inLabels](labels, labelFields), drey.NewTableWrites[inLabels](labels, labelFields)
	o.labels.Name = drey.NewTextColumn[inLabels](labels, 1)
	taskLabelFields := func(r *taskLabel, to []any) []any { return append(to, &r.TaskID, &r.LabelID, &r.Gone) }
	o.taskLabels.Query, o.taskLabels.TableWrites = *drey.NewQuery[inTaskLabels](taskLabels, taskLabelFields), drey.NewTableWrites[inTaskLabels](taskLabels, taskLabelFields)

	deleted := ""
	if soft {
		deleted = `"gone"`
	}
	memberID := func(r *member, to []any) (int64, []any, bool) { return r.ID, append(to, r.ID), true }
	taskID := func(r *task, to []any) (int64, []any, bool) { return r.ID, append(to, r.ID), true }
	o.memberToBoss = drey.NewToOne[inMembers, inMembers](&drey.Route{From: members, Key: []uint16{2}, To: members, Columns: []uint16{0}},
		func(r *member, to []any) (int64, []any, bool) {
			if r.BossID == nil {
				return 0, to, false
			}
			return *r.BossID, append(to, *r.BossID), true
		})
	o.memberToReports = drey.NewToMany[inMembers, inMembers](&drey.Route{From: members, Key: []uint16{0}, To: members, Columns: []uint16{2}}, memberID)
	o.memberToTasks = drey.NewToMany[inMembers, inTasks](&drey.Route{From: members, Key: []uint16{0}, To: tasks, Columns: []uint16{1}}, memberID)
	o.taskToMember = drey.NewToOne[inTasks, inMembers](&drey.Route{From: tasks, Key: []uint16{1}, To: members, Columns: []uint16{0}},
		func(r *task, to []any) (int64, []any, bool) { return r.MemberID, append(to, r.MemberID), true })
	o.taskToLabels = drey.NewToMany[inTasks, inLabels](&drey.Route{From: tasks, Key: []uint16{0}, To: labels, Columns: []uint16{0},
		Through: `"task_labels"`, Near: []string{`"task_id"`}, Far: []string{`"label_id"`}, Deleted: deleted}, taskID)
	o.labelToTasks = drey.NewToMany[inLabels, inTasks](&drey.Route{From: labels, Key: []uint16{0}, To: tasks, Columns: []uint16{0},
		Through: `"task_labels"`, Near: []string{`"label_id"`}, Far: []string{`"task_id"`}, Deleted: deleted},
		func(r *sticker, to []any) (int64, []any, bool) { return r.ID, append(to, r.ID), true })
	return o
}

// Soft has deleted rows among the live ones and knows which is which. Hard has the live
// rows alone and knows of no others.
var soft, hard = newOffice(true), newOffice(false)

// world is a database with deleted rows, and one of its live rows in plain tables.
type world struct{ soft, hard *drey.Client }

func openOffice(t testing.TB) *drey.Client {
	t.Helper()
	return fixture.OpenMemory(t, []sqlite.Migration{{Version: 1, Name: "00001_office.sql", Up: []string{upkeepSchema}}}, sqlite.Options{})
}

func newWorld(t testing.TB, r *rand.Rand) world {
	t.Helper()
	ctx := context.Background()
	w := world{openOffice(t), openOffice(t)}
	gone := func() *int64 {
		if r.IntN(3) == 0 {
			at := int64(r.IntN(100))
			return &at
		}
		return nil
	}
	maybe := func(n int) *int64 {
		if v := int64(r.IntN(n + 1)); v > 0 {
			return &v
		}
		return nil
	}
	var members []member
	for i := range 6 {
		members = append(members, member{int64(i + 1), fmt.Sprint("m", r.IntN(3)), maybe(6), gone()})
	}
	var tasks []task
	for i := range 14 {
		tasks = append(tasks, task{ID: int64(i + 1), MemberID: int64(r.IntN(7) + 1), Title: fmt.Sprint("t", i), N: maybe(4), Gone: gone()})
	}
	var labels []sticker
	for i := range 4 {
		labels = append(labels, sticker{int64(i + 1), fmt.Sprint("l", r.IntN(2)), gone()})
	}
	var pairs []taskLabel
	for i := range tasks {
		for j := range labels {
			if r.IntN(2) == 0 {
				pairs = append(pairs, taskLabel{int64(i + 1), int64(j + 1), gone()})
			}
		}
	}
	for _, err := range []error{
		second(soft.members.Insert().Exec(ctx, w.soft, members...)), second(hard.members.Insert().Exec(ctx, w.hard, liveRows(members, func(m member) *int64 { return m.Gone })...)),
		second(soft.tasks.Insert().Exec(ctx, w.soft, tasks...)), second(hard.tasks.Insert().Exec(ctx, w.hard, liveRows(tasks, func(t task) *int64 { return t.Gone })...)),
		second(soft.labels.Insert().Exec(ctx, w.soft, labels...)), second(hard.labels.Insert().Exec(ctx, w.hard, liveRows(labels, func(l sticker) *int64 { return l.Gone })...)),
		second(soft.taskLabels.Insert().Exec(ctx, w.soft, pairs...)), second(hard.taskLabels.Insert().Exec(ctx, w.hard, liveRows(pairs, func(p taskLabel) *int64 { return p.Gone })...)),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// liveRows are the rows that are not deleted: what a scope is, in plain Go.
func liveRows[R any](rows []R, gone func(R) *int64) []R {
	return slices.DeleteFunc(slices.Clone(rows), func(r R) bool { return gone(r) != nil })
}

// some is a random predicate on tasks, with queries of every kind in it.
func (o *office) some(r *rand.Rand, depth int) drey.Predicate[inTasks] {
	t, m := &o.tasks, &o.members
	n := int64(r.IntN(5))
	if depth > 0 {
		switch r.IntN(9) {
		case 0:
			return drey.And(o.some(r, depth-1), o.some(r, depth-1))
		case 1:
			return drey.Or(o.some(r, depth-1), o.some(r, depth-1))
		case 2:
			return drey.Not(o.some(r, depth-1))
		case 3:
			return drey.Exists(m.Where(m.Name.NotEq("m0")), o.taskToMember)
		case 4:
			return drey.Exists(o.labels.Where(o.labels.Name.Eq("l1")), o.taskToLabels)
		case 5:
			return drey.Not(drey.Exists(m.Where(drey.Exists(t.Where(o.some(r, depth-1)), o.memberToTasks)), o.taskToMember))
		case 6:
			return drey.CountOf(&o.labels.Query, o.taskToLabels).Gte(n % 3)
		case 7:
			return drey.InQuery(t.MemberID, m.When(n > 2, func(q *drey.Query[inMembers, member]) *drey.Query[inMembers, member] {
				return q.Where(m.BossID.IsNull())
			}), m.ID)
		case 8:
			return drey.NotInQuery(t.ID, t.Where(o.some(r, depth-1)).OrderBy(t.ID.Asc()).Limit(3), t.ID)
		}
	}
	switch r.IntN(3) {
	case 0:
		return t.N.Gt(n)
	case 1:
		return t.N.IsNull()
	}
	return t.ID.Lte(3 * n)
}

type memberTree struct {
	Member  member
	Boss    *member
	Tasks   []taskTree
	Reports []member
}

type taskTree struct {
	Task   task
	Labels []sticker
}

// officeReads is everything that can be asked of the sources.
var officeReads = map[string]func(ctx context.Context, c *drey.Client, o *office, r *rand.Rand) (any, error){
	"All": func(ctx context.Context, c *drey.Client, o *office, r *rand.Rand) (any, error) {
		return o.tasks.Where(o.some(r, 3)).OrderBy(o.tasks.ID.Asc()).All(ctx, c)
	},
	"One": func(ctx context.Context, c *drey.Client, o *office, r *rand.Rand) (any, error) {
		row, err := o.tasks.Where(o.tasks.ID.Eq(int64(r.IntN(14)))).One(ctx, c)
		return []any{row, fmt.Sprint(err)}, nil
	},
	"First": func(ctx context.Context, c *drey.Client, o *office, r *rand.Rand) (any, error) {
		row, err := o.tasks.Where(o.some(r, 1)).OrderBy(o.tasks.N.Asc(), o.tasks.ID.Desc()).First(ctx, c)
		return []any{row, fmt.Sprint(err)}, nil
	},
	"Count": func(ctx context.Context, c *drey.Client, o *office, r *rand.Rand) (any, error) {
		return o.tasks.Where(o.some(r, 3)).Count(ctx, c)
	},
	"Exists": func(ctx context.Context, c *drey.Client, o *office, r *rand.Rand) (any, error) {
		return o.tasks.Where(o.some(r, 3), o.some(r, 1)).Exists(ctx, c)
	},
	"Iter": func(ctx context.Context, c *drey.Client, o *office, r *rand.Rand) (any, error) {
		var list []task
		for row, err := range o.tasks.Where(o.some(r, 2)).OrderBy(o.tasks.ID.Desc()).Iter(ctx, c) {
			if err != nil {
				return nil, err
			}
			list = append(list, row)
		}
		return list, nil
	},
	"Page": func(ctx context.Context, c *drey.Client, o *office, r *rand.Rand) (any, error) {
		q := o.tasks.Where(o.some(r, 1)).OrderBy(o.tasks.N.Desc())
		var list []task
		for cursor := ""; ; {
			p, err := q.Page(ctx, c, cursor, 2)
			if err != nil {
				return nil, err
			}
			list = append(list, p.Rows...)
			if cursor = p.Next; cursor == "" {
				return list, nil
			}
		}
	},
	"AllAndCount": func(ctx context.Context, c *drey.Client, o *office, r *rand.Rand) (any, error) {
		rows, n, err := drey.AllAndCount(ctx, c, o.tasks.Where(o.some(r, 2)).OrderBy(o.tasks.ID.Asc()).Limit(3))
		return []any{rows, n}, err
	},
	"Pluck Distinct": func(ctx context.Context, c *drey.Client, o *office, r *rand.Rand) (any, error) {
		q := drey.Select(o.tasks.Where(o.some(r, 2)), func(p *drey.Projection[inTasks], to *int64) { drey.ReadInto(p, o.tasks.MemberID, to) })
		list, err := q.Distinct().OrderBy(o.tasks.MemberID.Asc()).All(ctx, c)
		n, e := q.Distinct().Count(ctx, c)
		return []any{list, n}, errors.Join(err, e)
	},
	"Scalar": func(ctx context.Context, c *drey.Client, o *office, r *rand.Rand) (any, error) {
		name := drey.Scalar(o.members.Name, &o.members.Query, o.taskToMember)
		return drey.Select(o.tasks.OrderBy(name.Asc(), o.tasks.ID.Asc()), func(p *drey.Projection[inTasks], to *string) {
			drey.ReadInto(p, drey.Coalesce(name, "none"), to)
		}).All(ctx, c)
	},
	"GroupBy": func(ctx context.Context, c *drey.Client, o *office, r *rand.Rand) (any, error) {
		n := drey.CountRows[inTasks]()
		return drey.CountBy(o.tasks.Where(o.some(r, 2)), o.tasks.N).Where(n.Gte(int64(r.IntN(2)))).OrderBy(drey.Key(o.tasks.N).Asc()).All(ctx, c)
	},
	"GroupBy of a limit": func(ctx context.Context, c *drey.Client, o *office, r *rand.Rand) (any, error) {
		return drey.CountBy(o.tasks.OrderBy(o.tasks.ID.Asc()).Limit(5), o.tasks.MemberID).OrderBy(drey.Key(o.tasks.MemberID).Asc()).All(ctx, c)
	},
	"Aggregate": func(ctx context.Context, c *drey.Client, o *office, r *rand.Rand) (any, error) {
		return drey.Aggregate(ctx, c, o.tasks.Where(o.some(r, 2)), drey.Sum(o.tasks.N))
	},
	"Union": func(ctx context.Context, c *drey.Client, o *office, r *rand.Rand) (any, error) {
		t := &o.tasks
		q := drey.Union(t.Where(o.some(r, 2)), t.Where(o.some(r, 1)).OrderBy(t.ID.Desc()).Limit(3))
		list, err := drey.Except(q, t.Where(o.some(r, 1))).OrderBy(t.ID.Asc()).All(ctx, c)
		return list, err
	},
	"Intersect": func(ctx context.Context, c *drey.Client, o *office, r *rand.Rand) (any, error) {
		return drey.Intersect(&o.tasks.Query, o.tasks.Where(o.some(r, 2))).Count(ctx, c)
	},
	"LoadOne": func(ctx context.Context, c *drey.Client, o *office, r *rand.Rand) (any, error) {
		rows, err := o.tasks.All(ctx, c)
		if err != nil {
			return nil, err
		}
		return drey.LoadOne(ctx, c, rows, o.taskToMember, &o.members.Query)
	},
	"LoadMany": func(ctx context.Context, c *drey.Client, o *office, r *rand.Rand) (any, error) {
		rows, err := o.members.All(ctx, c)
		if err != nil {
			return nil, err
		}
		return drey.LoadMany(ctx, c, rows, o.memberToTasks, o.tasks.OrderBy(o.tasks.ID.Asc()).Limit(2).Offset(r.IntN(2)))
	},
	"LoadMany through": func(ctx context.Context, c *drey.Client, o *office, r *rand.Rand) (any, error) {
		rows, err := o.tasks.All(ctx, c)
		if err != nil {
			return nil, err
		}
		q := o.labels.OrderBy(o.labels.Name.Asc())
		if r.IntN(2) == 0 {
			q = q.Limit(1)
		}
		return drey.LoadMany(ctx, c, rows, o.taskToLabels, q)
	},
	"a tree": func(ctx context.Context, c *drey.Client, o *office, r *rand.Rand) (any, error) {
		tasks := drey.Select(o.tasks.Where(o.some(r, 1)).OrderBy(o.tasks.ID.Asc()), func(p *drey.Projection[inTasks], to *taskTree) {
			drey.ReadRow(p, &o.tasks.Query, &to.Task)
			drey.ReadMany(p, o.taskToLabels, &o.labels.Query, &to.Labels)
		})
		return drey.Select(o.members.OrderBy(o.members.ID.Asc()), func(p *drey.Projection[inMembers], to *memberTree) {
			drey.ReadRow(p, &o.members.Query, &to.Member)
			drey.ReadOne(p, o.memberToBoss, &o.members.Query, &to.Boss)
			drey.ReadMany(p, o.memberToTasks, tasks, &to.Tasks)
			drey.ReadMany(p, o.memberToReports, o.members.OrderBy(o.members.ID.Asc()), &to.Reports)
		}).All(ctx, c)
	},
	"With": func(ctx context.Context, c *drey.Client, o *office, r *rand.Rand) (any, error) {
		type tasked struct {
			Label sticker
			Tasks []task
		}
		return drey.With(&o.labels.Query, o.labelToTasks, o.tasks.Where(o.some(r, 1)).OrderBy(o.tasks.ID.Asc()), func(to *tasked) (*sticker, *[]task) { return &to.Label, &to.Tasks }).All(ctx, c)
	},
	"in a batch": func(ctx context.Context, c *drey.Client, o *office, r *rand.Rand) (any, error) {
		var b drey.Batch
		where := o.some(r, 2)
		n := drey.InBatch(&b, func(tx *drey.Tx) (int64, error) { return o.tasks.Where(where).Count(ctx, tx) })
		if err := b.Run(ctx, c); err != nil {
			return nil, err
		}
		return n()
	},
}

// officeWrites is everything that changes rows. What they give is compared, and all live rows
// afterwards.
var officeWrites = map[string]func(ctx context.Context, c *drey.Client, o *office, r *rand.Rand) (any, error){
	"Update": func(ctx context.Context, c *drey.Client, o *office, r *rand.Rand) (any, error) {
		return o.tasks.Update(o.tasks.N.Set(9)).Where(o.some(r, 3)).Exec(ctx, c)
	},
	"Update of every row": func(ctx context.Context, c *drey.Client, o *office, r *rand.Rand) (any, error) {
		return o.tasks.Update(o.tasks.N.Set(8)).EveryRow().Exec(ctx, c)
	},
	"Update with a query": func(ctx context.Context, c *drey.Client, o *office, r *rand.Rand) (any, error) {
		return o.tasks.Update(drey.SetTo(o.tasks.MemberID, drey.CountOf(&o.labels.Query, o.taskToLabels))).Where(o.some(r, 2)).Exec(ctx, c)
	},
	"Delete": func(ctx context.Context, c *drey.Client, o *office, r *rand.Rand) (any, error) {
		return o.tasks.Delete().Where(o.some(r, 2)).Exec(ctx, c)
	},
	"Delete of every row": func(ctx context.Context, c *drey.Client, o *office, r *rand.Rand) (any, error) {
		return o.taskLabels.Delete().EveryRow().Exec(ctx, c)
	},
	"Delete returning": func(ctx context.Context, c *drey.Client, o *office, r *rand.Rand) (any, error) {
		list, err := drey.ReturningInto(ctx, c, o.tasks.Delete().Where(o.some(r, 2)), func(p *drey.Projection[inTasks], to *int64) { drey.ReadInto(p, o.tasks.ID, to) })
		slices.Sort(list)
		return list, err
	},
	"InsertSelect": func(ctx context.Context, c *drey.Client, o *office, r *rand.Rand) (any, error) {
		return drey.InsertSelect(o.labels.Insert(), o.tasks.Where(o.some(r, 2)).OrderBy(o.tasks.ID.Asc()),
			drey.SetFrom(o.labels.Name, drey.Coalesce(drey.Cast[string](o.tasks.Title), ""))).Exec(ctx, c)
	},
}

// Whatever is asked of tables with deleted rows, the answer is that of their live rows.
func TestLive(t *testing.T) {
	ctx := context.Background()
	run := func(t *testing.T, w world, seed uint64, ask func(context.Context, *drey.Client, *office, *rand.Rand) (any, error)) {
		t.Helper()
		want, err := ask(ctx, w.hard, hard, rand.New(rand.NewPCG(seed, 7)))
		got, e := ask(ctx, w.soft, soft, rand.New(rand.NewPCG(seed, 7)))
		if err != nil || e != nil {
			t.Fatalf("seed %d: %v, and with deleted rows %v", seed, err, e)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("seed %d, the live rows (-) and those beside deleted ones (+):\n%s", seed, diff)
		}
	}
	for name, ask := range officeReads {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, rand.New(rand.NewPCG(uint64(len(name)), 1)))
			for seed := range uint64(40) {
				run(t, w, seed, ask)
			}
		})
	}
	for name, change := range officeWrites {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(4) {
				w := newWorld(t, rand.New(rand.NewPCG(seed, 2)))
				before := rowCounts(t, w.soft)
				run(t, w, seed, change)
				if after := rowCounts(t, w.soft); strings.Contains(name, "Delete") && after != before {
					t.Fatalf("seed %d: %s rows were left of %s", seed, after, before)
				}
				// The time of a change and the version are of soft alone.
				run(t, w, seed, func(ctx context.Context, c *drey.Client, o *office, r *rand.Rand) (any, error) {
					tasks, err := o.tasks.OrderBy(o.tasks.ID.Asc()).All(ctx, c)
					for i := range tasks {
						tasks[i].Changed, tasks[i].Version = nil, 0
					}
					pairs, e := o.taskLabels.Where().All(ctx, c)
					labels, e2 := o.labels.Where().All(ctx, c)
					for i := range labels {
						labels[i].ID = 0
					}
					slices.SortFunc(labels, func(a, b sticker) int { return strings.Compare(a.Name, b.Name) })
					return []any{tasks, pairs, labels}, errors.Join(err, e, e2)
				})
			}
		})
	}
}

// rowCounts are the numbers of rows of all tables, deleted ones included.
func rowCounts(t *testing.T, c *drey.Client) (n string) {
	t.Helper()
	if err := c.QueryRowContext(context.Background(), "SELECT concat_ws(' ', (SELECT COUNT(*) FROM members), (SELECT COUNT(*) FROM tasks), (SELECT COUNT(*) FROM task_labels))").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Every change of a row sets its time and counts its version, unless it says the time.
func TestStamps(t *testing.T) {
	ctx := context.Background()
	s, past := &soft.tasks, int64(5)
	row := task{ID: 1, MemberID: 1, Title: "a", Changed: &past, Version: 3}
	changed := func(q interface {
		Exec(context.Context, drey.Conn) (int64, error)
	}) func(*drey.Client) error {
		return func(c *drey.Client) error { return second(q.Exec(ctx, c)) }
	}
	upsert := func(i *drey.Insertion[inTasks, task]) func(*drey.Client) error {
		return func(c *drey.Client) error {
			return second(i.Exec(ctx, c, task{ID: 2, MemberID: 7, Title: "a", Changed: new(int64)}))
		}
	}
	one := s.ID.Eq(1)
	tests := []struct {
		name    string
		change  func(*drey.Client) error
		changed int64 // 1 for the present time
		version int64
		fails   error
	}{
		{"Update", changed(s.Update(s.N.Set(1)).Where(one)), 1, 4, nil},
		{"Update of the time", changed(s.Update(s.Changed.Set(77)).Where(one)), 77, 4, nil},
		{"Update with a query", changed(s.Update(drey.SetTo(s.MemberID, drey.CountOf(&soft.labels.Query, soft.taskToLabels))).Where(one)), 1, 4, nil},
		{"Update with a query, expecting", changed(s.Update(s.Version.Expect(3), drey.SetTo(s.MemberID, drey.CountOf(&soft.labels.Query, soft.taskToLabels))).Where(one)), 1, 4, nil},
		{"Expect", changed(s.Update(s.Version.Expect(3)).Where(one)), 1, 4, nil},
		{"Expect another", changed(s.Update(s.N.Set(1), s.Version.Expect(2)).Where(one)), past, 3, drey.ErrStale},
		{"Expect of a row that is not there", changed(s.Update(s.Version.Expect(2)).Where(s.ID.Eq(9))), past, 3, nil},
		{"Expect in a batch", func(c *drey.Client) error {
			var b drey.Batch
			b.Do(func(tx *drey.Tx) error { return second(s.Update(s.Version.Expect(8)).Where(one).Exec(ctx, tx)) })
			return b.Run(ctx, c)
		}, past, 3, drey.ErrStale},
		{"Delete", changed(s.Delete().Where(one)), 1, 4, nil},
		{"Update of deleted rows", changed(s.WithDeleted().Update(s.Gone.SetNull()).EveryRow()), 1, 4, nil},
		{"OrUpdate", upsert(s.Insert(s.MemberID, s.Title, s.Changed).OrUpdate(s.KeyTitle)), 1, 4, nil},
		{"OrUpdate of everything", upsert(s.Insert().OrUpdate(s.KeyTitle)), 1, 4, nil},
		{"OrUpdate of the time", upsert(s.Insert(s.MemberID, s.Title, s.Changed).OrUpdate(s.KeyTitle, s.Changed)), 0, 4, nil},
		{"OrUpdate, Set", upsert(s.Insert(s.MemberID, s.Title).OrUpdate(s.KeyTitle).Set(s.N.Set(2))), 1, 4, nil},
		{"OrUpdate, Expect", upsert(s.Insert(s.MemberID, s.Title).OrUpdate(s.KeyTitle).Set(s.Version.Expect(3))), 1, 4, nil},
		{"OrUpdate, Expect another", upsert(s.Insert(s.MemberID, s.Title).OrUpdate(s.KeyTitle).Set(s.Version.Expect(4))), past, 3, drey.ErrStale},
		{"InsertSelect", func(c *drey.Client) error {
			return second(drey.InsertSelect(s.Insert().OrUpdate(s.KeyTitle, s.MemberID), &s.Query, drey.SetFrom(s.Title, s.Title), drey.SetFrom(s.MemberID, drey.Plus(s.MemberID, s.ID))).Exec(ctx, c))
		}, 1, 4, nil},
		{"OrIgnore", upsert(s.Insert(s.MemberID, s.Title).OrIgnore()), past, 3, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := openOffice(t)
			if _, err := s.Insert().Exec(ctx, c, row); err != nil {
				t.Fatal(err)
			}
			if err := tt.change(c); !errors.Is(err, tt.fails) {
				t.Fatal(err)
			}
			got, err := s.WithDeleted().One(ctx, c)
			if err != nil {
				t.Fatal(err)
			}
			at := *got.Changed
			if at > 1_000_000_000 {
				at = 1
			}
			if at != tt.changed || got.Version != tt.version {
				t.Errorf("changed %d, version %d, want %d and %d", at, got.Version, tt.changed, tt.version)
			}
		})
	}
}

// What would silently do nothing, or remove rows, is an error.
func TestUpkeepErrors(t *testing.T) {
	ctx := context.Background()
	c := openOffice(t)
	s, gone := &soft.tasks, int64(5)
	if _, err := s.Insert().Exec(ctx, c, task{ID: 1, MemberID: 1, Title: "a", Gone: &gone}, task{ID: 2, MemberID: 1, Title: "b"}); err != nil {
		t.Fatal(err)
	}
	into := func(i *drey.Insertion[inTasks, task]) error {
		return second(i.Exec(ctx, c, task{ID: 3, Title: "a", N: &gone}))
	}
	for _, tt := range []struct{ err, want any }{
		{second(s.Update(s.Gone.SetNull()).EveryRow().Exec(ctx, c)), "WithDeleted"},
		{second(s.Update(s.Gone.SetDefault()).EveryRow().Exec(ctx, c)), "WithDeleted"},
		{second(s.Delete().Where(s.Gone.Lt(9)).Exec(ctx, c)), "WithDeleted"},
		{second(s.Update(s.N.Set(1)).Where(s.N.Gt(1), s.Gone.IsNotNull()).Exec(ctx, c)), "WithDeleted"},
		{second(s.Update(s.N.Set(1)).Where(s.Gone.IsNull(), s.N.Eq(99)).Exec(ctx, c)), nil},
		{second(s.WithDeleted().Delete().Where(s.Gone.Gt(1<<40)).Exec(ctx, c)), nil},
		{into(s.Insert().OrReplace()), "OrReplace removes rows"},
		{into(s.Insert().OrUpdate(s.KeyTitle)), drey.ErrDeleted},
		{into(s.Insert().OrUpdate(s.KeyTitle, s.N).Where(s.N.Gt(99))), drey.ErrDeleted},
		{into(s.Insert().OrUpdate(s.KeyTitle, s.Version)), "Expect"},
		{into(s.Insert().OrUpdate(s.KeyTitle).Set(drey.SetTo(s.Version, s.ID))), "Expect"},
		{into(s.Insert().Values(s.Version.Expect(1))), "Expect is for Update"},
		{into(s.Insert().OrUpdate(s.KeyTitle).Set(s.Gone.SetNull())), "WithDeleted"},
		{second(s.Update(drey.SetTo(s.Version, s.ID)).EveryRow().Exec(ctx, c)), "Expect"},
		{second(s.WithDeleted().Update(drey.SetTo(s.Version, s.ID)).EveryRow().Exec(ctx, c)), "Expect"},
		{second(s.Update().EveryRow().Exec(ctx, c)), drey.ErrNoAssignment},
		{second(s.Update(s.N.Set(1)).Exec(ctx, c)), drey.ErrNoPredicate},
		{second(s.Delete().Exec(ctx, c)), drey.ErrNoPredicate},
		{into(s.Insert().OrIgnore()), nil},
		{second(s.WithDeleted().Insert(s.MemberID, s.Title).OrUpdate(s.KeyTitle).Set(s.Gone.SetNull()).Exec(ctx, c, task{Title: "a", MemberID: 8})), nil},
		{second(s.WithDeleted().Insert().OrReplace().Exec(ctx, c, task{ID: 4, Title: "a"})), nil},
		{second(s.WithDeleted().Delete().Where(s.Title.Eq("b")).Exec(ctx, c)), nil},
	} {
		err, _ := tt.err.(error)
		switch want := tt.want.(type) {
		case nil:
			if err != nil {
				t.Error(err)
			}
		case error:
			if !errors.Is(err, want) {
				t.Errorf("%v, want %v", err, want)
			}
		case string:
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v, want %s", err, want)
			}
		}
	}
	var ids string
	if err := c.QueryRowContext(ctx, "SELECT group_concat(id) FROM tasks").Scan(&ids); err != nil || ids != "4" {
		t.Errorf("rows %s are left: %v", ids, err)
	}
}

// The SQL of a scope, and of the way out.
func TestUpkeepSQL(t *testing.T) {
	s := &soft.tasks
	text := func(q interface{ ToSql() (string, []any, error) }) string {
		sql, _, err := q.ToSql()
		if err != nil {
			return err.Error()
		}
		return strings.ReplaceAll(sql, `"`, "")
	}
	for _, tt := range []struct{ got, want string }{
		{text(s.Where(s.ID.Eq(1))), "SELECT id, member_id, title, n, changed, version, gone FROM tasks WHERE gone IS NULL AND id = ?"},
		{text(s.WithDeleted().Where(s.ID.Eq(1))), "SELECT id, member_id, title, n, changed, version, gone FROM tasks WHERE id = ?"},
		{text(s.Delete().Where(s.ID.Eq(1))), "UPDATE tasks SET gone = (unixepoch()), changed = (unixepoch()), version = tasks.version + 1 WHERE (gone IS NULL AND id = ?)"},
		{text(s.WithDeleted().Delete().Where(s.ID.Eq(1))), "DELETE FROM tasks WHERE (id = ?)"},
		{text(s.Update(s.N.Set(1)).Where(s.ID.Eq(1))), "UPDATE tasks SET n = ?, changed = (unixepoch()), version = tasks.version + 1 WHERE (gone IS NULL AND id = ?)"},
		{text(drey.From(&s.Query, squirrel.Select("*").From("tasks"))), "WITH squirrel's rows AS (SELECT squirrel's rows.id, squirrel's rows.member_id, squirrel's rows.title, squirrel's rows.n, squirrel's rows.changed, squirrel's rows.version, squirrel's rows.gone FROM (SELECT * FROM tasks) AS squirrel's rows) SELECT id, member_id, title, n, changed, version, gone FROM squirrel's rows AS tasks WHERE gone IS NULL"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s\nwant %s", tt.got, tt.want)
		}
	}
	// A cursor does not lead from one to the other.
	ctx := context.Background()
	c := openOffice(t)
	if _, err := s.Insert().Exec(ctx, c, task{ID: 1, Title: "a"}, task{ID: 2, Title: "b"}); err != nil {
		t.Fatal(err)
	}
	p, err := s.Page(ctx, c, "", 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.WithDeleted().Page(ctx, c, p.Next, 1); !errors.Is(err, drey.ErrCursor) {
		t.Error(err)
	}
}

// A query of live rows takes what one of a plain table takes.
func BenchmarkLive(b *testing.B) {
	ctx := context.Background()
	for _, of := range []struct {
		name string
		*office
	}{{"plain", hard}, {"live", soft}} {
		b.Run(of.name, func(b *testing.B) {
			c := openOffice(b)
			rows := make([]task, 1000)
			for i := range rows {
				rows[i] = task{ID: int64(i + 1), Title: fmt.Sprint(i)}
			}
			if _, err := of.tasks.Insert().Exec(ctx, c, rows...); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if _, err := of.tasks.Where(of.tasks.ID.Eq(int64(i%1000)+1)).One(ctx, c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
