package drey_test

import (
	"context"
	"fmt"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/fixture"
	"github.com/dreysql/drey/internal/runtime/sqlite"
	"github.com/google/go-cmp/cmp"
)

// kept is a row of archive, a table without rows at first. Of the rows with one slug,
// one is not deleted.
type kept struct {
	ID      int64
	Slug    string
	Note    *string
	Clicks  int64
	Deleted bool
}

type inArchive struct{}

type archiveTable struct {
	drey.Query[inArchive, kept]
	drey.TableWrites[inArchive, kept]
	PrimaryKey drey.UniqueKey[inArchive]
	KeySlug    drey.UniqueKey[inArchive]
	ID         *drey.NumberColumn[inArchive, int64]
	Slug       *drey.TextColumn[inArchive]
	Note       *drey.NullTextColumn[inArchive]
	Clicks     *drey.NumberColumn[inArchive, int64]
	Deleted    *drey.Column[inArchive, bool]
}

var archiveRelation = drey.Number(&drey.Relation{
	Name:     `"archive"`,
	Columns:  []string{`"id"`, `"slug"`, `"note"`, `"clicks"`, `"deleted"`},
	Unique:   [][]uint16{{0}},
	Key:      []uint16{0},
	Nullable: []uint16{2},
	Defaults: map[uint16]string{3: "0", 4: "false"},
})

func keptFields(r *kept, to []any) []any {
	return append(to, &r.ID, &r.Slug, &r.Note, &r.Clicks, &r.Deleted)
}

var archive = archiveTable{
	Query:       *drey.NewQuery[inArchive](archiveRelation, keptFields),
	TableWrites: drey.NewTableWrites[inArchive](archiveRelation, keptFields),
	PrimaryKey:  drey.NewKey[inArchive](0),
	KeySlug:     drey.NewPartialKey[inArchive]("NOT deleted", 1),
	ID:          drey.NewNumberColumn[inArchive, int64](archiveRelation, 0),
	Slug:        drey.NewTextColumn[inArchive](archiveRelation, 1),
	Note:        drey.NewNullTextColumn[inArchive](archiveRelation, 2),
	Clicks:      drey.NewNumberColumn[inArchive, int64](archiveRelation, 3),
	Deleted:     drey.NewColumn[inArchive, bool](archiveRelation, 4),
}

const archiveSchema = `CREATE TABLE archive (
	id INTEGER PRIMARY KEY,
	slug TEXT NOT NULL,
	note TEXT,
	clicks INTEGER NOT NULL DEFAULT 0,
	deleted BOOLEAN NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX archive_slug ON archive (slug) WHERE NOT deleted;`

// openArchive opens a database with the fixture's links and archive.
func openArchive(tb testing.TB) *drey.Client {
	tb.Helper()
	return fixture.OpenMemory(tb, []sqlite.Migration{{Version: 1, Name: "00001_archive.sql", Up: []string{
		fixture.Schema, archiveSchema,
		`INSERT INTO links VALUES (1, 1, 'one', 'One', 3, 0.5, 0), (2, 1, 'two', NULL, 5, NULL, 0), (3, 2, 'three', 'Three', 0, 2.0, 0)`,
	}}}, sqlite.Options{})
}

type written struct {
	text func() (string, []any, error)
	run  func(context.Context, drey.Conn) (any, error)
}

// inserts is an insertion and its rows.
func inserts[S, R any](i *drey.Insertion[S, R], rows ...R) written {
	return written{
		func() (string, []any, error) { return i.ToSql(rows...) },
		func(ctx context.Context, c drey.Conn) (any, error) { return i.Exec(ctx, c, rows...) },
	}
}

func mutates[S, R any](m *drey.Mutation[S, R]) written {
	return written{m.ToSql, func(ctx context.Context, c drey.Conn) (any, error) { return m.Exec(ctx, c) }}
}

// What Kysely and Drizzle can say of writes: the Go, its SQL, what it binds, and the
// rows of the table afterwards.
func TestCapabilitiesOfWrites(t *testing.T) {
	one, note := kept{Slug: "one", Clicks: 1}, "kept"
	had := archive.Insert(archive.Slug, archive.Clicks)
	clicked := links.Where(links.Clicks.Gt(0))
	sum := drey.SetTo(archive.Clicks, drey.Plus(archive.Clicks, drey.Excluded(archive.Clicks)))
	for _, test := range []struct {
		name   string
		before []kept
		written
		sql  string
		args []any
		rows []kept
	}{
		{
			"values that are expressions", nil,
			inserts(had.Values(drey.SetTo(archive.Slug, drey.Lower(archive.Slug)), archive.Note.Set("new")), kept{Slug: "A"}, kept{Slug: "B", Clicks: 2}),
			`INSERT INTO "archive" ("clicks","slug","note") WITH "insert's rows" ("slug", "clicks") AS (VALUES (?,?), (?,?)) SELECT "archive"."clicks", lower("archive"."slug"), ? FROM "insert's rows" AS "archive"`,
			[]any{"A", 0, "B", 2, "new"}, []kept{{ID: 1, Slug: "a", Note: ptr("new")}, {ID: 2, Slug: "b", Note: ptr("new"), Clicks: 2}},
		},
		{
			"a value that is a subquery", nil,
			inserts(had.Values(drey.SetTo(archive.Clicks, drey.Coalesce(drey.Scalar(links.Clicks, links.Where(), drey.On(links.Slug, archive.Slug)), -1))), kept{Slug: "two"}, kept{Slug: "none"}),
			`INSERT INTO "archive" ("slug","clicks") WITH "insert's rows" ("slug", "clicks") AS (VALUES (?,?), (?,?)) SELECT "archive"."slug", (SELECT ` + readable(`"value"`) + ` FROM (SELECT coalesce((SELECT "query's rows"."clicks" FROM (SELECT "clicks", "slug" FROM "links") AS "query's rows" WHERE "query's rows"."slug" = "archive"."slug" LIMIT 1), ?) AS "value")) FROM "insert's rows" AS "archive"`,
			[]any{"two", 0, "none", 0, -1}, []kept{{ID: 1, Slug: "two", Clicks: 5}, {ID: 2, Slug: "none", Clicks: -1}},
		},
		{
			"INSERT ... SELECT", nil,
			inserts(drey.InsertSelect(archive.Insert(), clicked, drey.SetFrom(archive.Slug, drey.Upper(links.Slug)), drey.SetFrom(archive.Note, links.Title),
				drey.SetFrom(archive.Clicks, links.Clicks))),
			`INSERT INTO "archive" ("slug","note","clicks") SELECT upper("slug") AS "expression 0", "title", "clicks" FROM "links" WHERE "clicks" > ?`,
			[]any{0}, []kept{{ID: 1, Slug: "ONE", Note: ptr("One"), Clicks: 3}, {ID: 2, Slug: "TWO", Clicks: 5}},
		},
		{
			"INSERT ... SELECT with constants", nil,
			inserts(drey.InsertSelect(archive.Insert().Values(archive.Deleted.Set(true), archive.Note.SetNull()), clicked.OrderBy(links.ID.Desc()).Limit(1), drey.SetFrom(archive.Slug, links.Slug))),
			`INSERT INTO "archive" ("slug","deleted","note") WITH "insert's rows" ("slug") AS (SELECT "slug" FROM "links" WHERE "clicks" > ? ORDER BY "id" DESC LIMIT ?) SELECT "archive"."slug", ?, ? FROM "insert's rows" AS "archive"`,
			[]any{0, 1, true, nil}, []kept{{ID: 1, Slug: "two", Deleted: true}},
		},
		{
			"INSERT ... SELECT from the same table", []kept{one},
			inserts(drey.InsertSelect(archive.Insert(), archive.Where(), drey.SetFrom(archive.Slug, drey.Concat(archive.Slug, drey.Of(archive.Slug, " again"))))),
			`INSERT INTO "archive" ("slug") SELECT ("slug" || ?) AS "expression 0" FROM "archive"`,
			[]any{" again"}, []kept{{ID: 1, Slug: "one", Clicks: 1}, {ID: 2, Slug: "one again"}},
		},
		{
			"INSERT ... SELECT ... ON CONFLICT", []kept{one},
			inserts(drey.InsertSelect(archive.Insert(), links.OrderBy(links.ID.Asc()), drey.SetFrom(archive.Slug, links.Slug), drey.SetFrom(archive.Clicks, links.Clicks)).
				OrUpdate(archive.KeySlug).Set(sum)),
			`INSERT INTO "archive" ("slug","clicks") SELECT "slug", "clicks" FROM "links" WHERE true ORDER BY "id" ASC ON CONFLICT ("slug") WHERE NOT deleted DO UPDATE SET "clicks" = ` + readable(`("archive"."clicks" + excluded."clicks")`),
			nil, []kept{{ID: 1, Slug: "one", Clicks: 4}, {ID: 2, Slug: "two", Clicks: 5}, {ID: 3, Slug: "three"}},
		},
		{
			"OR IGNORE", []kept{one},
			inserts(had.OrIgnore(archive.KeySlug), kept{Slug: "one"}, kept{Slug: "two"}),
			`INSERT INTO "archive" ("slug","clicks") VALUES (?,?),(?,?) ON CONFLICT ("slug") WHERE NOT deleted DO NOTHING`,
			[]any{"one", 0, "two", 0}, []kept{{ID: 1, Slug: "one", Clicks: 1}, {ID: 2, Slug: "two"}},
		},
		{
			"OR REPLACE", []kept{one},
			inserts(archive.Insert().OrReplace(), kept{ID: 7, Slug: "one"}),
			`INSERT OR REPLACE INTO "archive" ("id","slug","note","clicks","deleted") VALUES (?,?,?,?,?)`,
			[]any{7, "one", nil, 0, false}, []kept{{ID: 7, Slug: "one"}},
		},
		{
			"DO UPDATE with the new row's values", []kept{one},
			inserts(had.OrUpdate(archive.KeySlug), kept{Slug: "one", Clicks: 5}),
			`INSERT INTO "archive" ("slug","clicks") VALUES (?,?) ON CONFLICT ("slug") WHERE NOT deleted DO UPDATE SET "clicks" = excluded."clicks"`,
			[]any{"one", 5}, []kept{{ID: 1, Slug: "one", Clicks: 5}},
		},
		{
			"DO UPDATE with an expression of old and new", []kept{one},
			inserts(had.OrUpdate(archive.KeySlug).Set(sum, archive.Note.Set("seen again")), kept{Slug: "one", Clicks: 5}, kept{Slug: "two"}),
			`INSERT INTO "archive" ("slug","clicks") VALUES (?,?),(?,?) ON CONFLICT ("slug") WHERE NOT deleted DO UPDATE SET "clicks" = ` + readable(`("archive"."clicks" + excluded."clicks")`) + `, "note" = ?`,
			[]any{"one", 5, "two", 0, "seen again"}, []kept{{ID: 1, Slug: "one", Note: ptr("seen again"), Clicks: 6}, {ID: 2, Slug: "two"}},
		},
		{
			"DO UPDATE of some columns, and an increment", []kept{one},
			inserts(archive.Insert(archive.Slug, archive.Note).OrUpdate(archive.KeySlug, archive.Note).Set(archive.Clicks.Add(1)), kept{Slug: "one", Note: &note}),
			`INSERT INTO "archive" ("slug","note") VALUES (?,?) ON CONFLICT ("slug") WHERE NOT deleted DO UPDATE SET "note" = excluded."note", "clicks" = CASE WHEN "archive"."clicks" NOT BETWEEN -9223372036854775808 - ? AND 9223372036854775807 - ? THEN json_extract('{}', 'drey: out of range: "clicks" is of type int64') ELSE "archive"."clicks" + ? END`,
			[]any{"one", "kept", 0, 1, 1}, []kept{{ID: 1, Slug: "one", Note: ptr("kept"), Clicks: 2}},
		},
		{
			"DO UPDATE ... WHERE", []kept{one, {Slug: "two", Clicks: 9}},
			inserts(had.OrUpdate(archive.KeySlug).Where(drey.Lt(archive.Clicks, drey.Excluded(archive.Clicks))), kept{Slug: "one", Clicks: 5}, kept{Slug: "two", Clicks: 5}),
			`INSERT INTO "archive" ("slug","clicks") VALUES (?,?),(?,?) ON CONFLICT ("slug") WHERE NOT deleted DO UPDATE SET "clicks" = excluded."clicks" WHERE (("archive"."clicks" < excluded."clicks"))`,
			[]any{"one", 5, "two", 5}, []kept{{ID: 1, Slug: "one", Clicks: 5}, {ID: 2, Slug: "two", Clicks: 9}},
		},
		{
			"SET x = other column or expression", []kept{one},
			mutates(archive.Update(drey.SetTo(archive.Clicks, drey.Times(archive.Clicks, archive.ID)), drey.SetTo(archive.Note, drey.Nullable(archive.Slug))).Where(archive.Clicks.Gt(0))),
			`UPDATE "archive" SET "clicks" = ` + readable(`("clicks" * "id")`) + `, "note" = "slug" WHERE ("clicks" > ?)`,
			[]any{0}, []kept{{ID: 1, Slug: "one", Note: ptr("one"), Clicks: 1}},
		},
		{
			"SET x = (subquery)", []kept{one},
			mutates(archive.Update(drey.SetTo(archive.Clicks, drey.CountOf[inArchive](clicked))).EveryRow()),
			`UPDATE "archive" SET "clicks" = "row's values"."value 0" FROM (SELECT "id", ((SELECT ` + readable(`"value"`) + ` FROM (SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM "links" WHERE "clicks" > ?) AS "query's rows") AS "value"))) AS "value 0" FROM "archive") AS "row's values" WHERE "archive"."id" = "row's values"."id"`,
			[]any{0}, []kept{{ID: 1, Slug: "one", Clicks: 2}},
		},
		{
			"UPDATE ... FROM", []kept{one, {Slug: "none"}},
			mutates(archive.Update(drey.SetTo(archive.Note, drey.Scalar(links.Title, links.Where(), drey.On(links.Slug, archive.Slug)))).
				Where(drey.Exists(links.Where(), drey.On(links.Slug, archive.Slug)))),
			`UPDATE "archive" SET "note" = "row's values"."value 0" FROM (SELECT "id", ((SELECT "query's rows"."title" FROM (SELECT "title", "slug" FROM "links") AS "query's rows" WHERE "query's rows"."slug" = "archive"."slug" LIMIT 1)) AS "value 0" FROM "archive" WHERE (EXISTS (SELECT 1 FROM (SELECT "slug" FROM "links") AS "query's rows" WHERE "query's rows"."slug" = "archive"."slug"))) AS "row's values" WHERE "archive"."id" = "row's values"."id"`,
			nil, []kept{{ID: 1, Slug: "one", Note: ptr("One"), Clicks: 1}, {ID: 2, Slug: "none"}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, ctx := openArchive(t), t.Context()
			if _, err := had.Exec(ctx, c, test.before...); err != nil {
				t.Fatal(err)
			}
			text, args, err := test.text()
			if err != nil {
				t.Fatal(err)
			}
			if text != test.sql {
				t.Errorf("SQL is\n%s\nwant\n%s", text, test.sql)
			}
			if fmt.Sprint(args) != fmt.Sprint(test.args) {
				t.Errorf("it binds %v, want %v", args, test.args)
			}
			if _, err := test.run(ctx, c); err != nil {
				t.Fatal(err)
			}
			rows, err := archive.OrderBy(archive.ID.Asc()).All(ctx, c)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.rows, rows); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// RETURNING of some columns, and of expressions: the SQL, and what comes back.
func TestCapabilitiesOfReturning(t *testing.T) {
	type entry struct {
		Slug  string
		Left  int64
		Links int64
	}
	left := drey.Minus(drey.Of(archive.Clicks, 10), archive.Clicks)
	same := drey.CountOf(links.Where(), drey.On(links.Slug, archive.Slug))
	read := func(p *drey.Projection[inArchive], to *entry) {
		drey.ReadInto(p, archive.Slug, &to.Slug)
		drey.ReadInto(p, left, &to.Left)
		drey.ReadInto(p, same, &to.Links)
	}
	const some = `"slug", (? - "clicks"), (SELECT COUNT(*) FROM (SELECT "slug" FROM "links") AS "query's rows" WHERE "query's rows"."slug" = "archive"."slug")`
	had := archive.Insert(archive.Slug, archive.Clicks)
	for _, test := range []struct {
		name  string
		write drey.Write[inArchive, kept]
		rows  []kept
		sql   string
		want  []entry
	}{
		{
			"INSERT", had, []kept{{Slug: "one", Clicks: 1}, {Slug: "b", Clicks: 2}},
			`INSERT INTO "archive" ("slug","clicks") VALUES (?,?) RETURNING ` + some, []entry{{"one", 9, 1}, {"b", 8, 0}},
		},
		{
			"INSERT ... ON CONFLICT", had.OrUpdate(archive.KeySlug).Set(archive.Clicks.Set(3)).Where(archive.Clicks.Lt(3)), []kept{{Slug: "old"}, {Slug: "old"}, {Slug: "one"}},
			`INSERT INTO "archive" ("slug","clicks") VALUES (?,?) ON CONFLICT ("slug") WHERE NOT deleted DO UPDATE SET "clicks" = ? WHERE ("archive"."clicks" < ?) RETURNING ` + some,
			[]entry{{"old", 7, 0}, {"one", 10, 1}},
		},
		{
			"INSERT ... SELECT", drey.InsertSelect(archive.Insert(), links.OrderBy(links.ID.Asc()).Limit(1), drey.SetFrom(archive.Slug, links.Slug)), nil,
			`INSERT INTO "archive" ("slug") SELECT "slug" FROM "links" ORDER BY "id" ASC LIMIT ? RETURNING ` + some, []entry{{"one", 10, 1}},
		},
		{
			"UPDATE", archive.Update(drey.SetTo(archive.Clicks, left)).Where(archive.Clicks.Gt(0)), nil,
			`UPDATE "archive" SET "clicks" = ` + readable(`(? - "clicks")`) + ` WHERE ("clicks" > ?) RETURNING ` + some, []entry{{"old", 2, 0}},
		},
		{
			"UPDATE ... FROM", archive.Update(drey.SetTo(archive.Note, drey.Scalar[inArchive](links.Title, links.Where()))).EveryRow(), nil,
			`UPDATE "archive" SET "note" = "row's values"."value 0" FROM (SELECT "id", ((SELECT "query's rows"."title" FROM (SELECT "title" FROM "links") AS "query's rows" LIMIT 1)) AS "value 0" FROM "archive") AS "row's values" ` +
				`WHERE "archive"."id" = "row's values"."id" RETURNING ` + some, []entry{{"old", 8, 0}},
		},
		{"DELETE", archive.Delete().Where(archive.Slug.Eq("old")), nil, `DELETE FROM "archive" WHERE ("slug" = ?) RETURNING ` + some, []entry{{"old", 8, 0}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, ctx := openArchive(t), t.Context()
			if _, err := had.Exec(ctx, c, kept{Slug: "old", Clicks: 2}); err != nil {
				t.Fatal(err)
			}
			got, err := drey.ReturningInto(ctx, c, test.write, read, test.rows...)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			st, err := drey.StatementOf(test.write, read, test.rows[:min(len(test.rows), 1)]...)
			if err != nil || st.SQL != test.sql {
				t.Errorf("SQL is\n%s\nwant\n%s\n%v", st.SQL, test.sql, err)
			}
		})
	}
}

// readable is the SQL that ends the statement where Go could not read a value of Clicks.
func readable(value string) string {
	return "CASE WHEN typeof(" + value + ") = 'integer' OR " + value + " IS NULL THEN " + value + ` ELSE json_extract('{}', 'drey: out of range: "clicks" is of type int64') END`
}
