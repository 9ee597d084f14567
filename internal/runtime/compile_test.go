package drey_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What cannot be right does not compile.
func TestDoesNotCompile(t *testing.T) {
	wrong := []string{
		`drey.Eq(links.Title, others.ID)`,                               // of another source
		`drey.Eq(links.Title, links.ID)`,                                // of another type
		`drey.Plus(links.Title, links.Title)`,                           // not numbers
		`drey.Plus(links.ID, links.Score)`,                              // of another type, and one may be NULL
		`drey.Lower(links.ID)`,                                          // not a text
		`drey.Like(links.ID, "%")`,                                      // not a text
		`drey.IsNull(links.ID)`,                                         // never NULL
		`drey.Coalesce(links.ID, 1)`,                                    // never NULL
		`drey.Length(links.Title)`,                                      // may be NULL
		`drey.Truncate(links.ID, drey.Day)`,                             // not a time
		`links.Where(drey.Lower(links.Title))`,                          // not a predicate
		`links.Where(drey.Eq(others.ID, others.ID))`,                    // of another source
		`links.Update(drey.SetTo(links.ID, links.Title))`,               // of another type
		`links.Update(drey.SetTo(links.Slug, links.Title))`,             // may be NULL
		`links.Update(drey.SetTo(drey.Lower(links.Slug), links.Slug))`,  // not a column
		`links.Insert(drey.Lower(links.Slug))`,                          // not a column
		`drey.Lower(links.Slug).Set("a")`,                               // not a column
		`links.OrderBy(drey.Lower(links.Slug))`,                         // not an order
		`links.OrderBy(drey.Upper(others.Name).Asc())`,                  // of another source
		`drey.When(links.ID.Eq(1), 1).When(others.ID.Eq(1), 2)`,         // of another source
		`drey.Choose(links.ID.Eq(1), links.Slug, links.Title)`,          // one may be NULL
		`drey.CountOf(&others.Query, drey.On(links.ID, others.ID))`,     // the wrong way round
		`links.Where(drey.Sum(links.ID).Gt(1))`,                         // an aggregate above its rows
		`links.OrderBy(drey.CountRows[inLinks]().Desc())`,               // likewise
		`links.Update(drey.SetTo(links.ID, drey.Sum(links.ID)))`,        // likewise
		`drey.Sum(links.Title)`,                                         // not numbers
		`drey.Sum(links.ID).Filter(others.ID.Eq(1))`,                    // of another source
		`drey.GroupBy(&links.Query, others.ID)`,                         // of another source
		`drey.GroupBy(&links.Query).Where(links.ID.Eq(1))`,              // of rows, not of groups
		`drey.GroupBy(&links.Query).Where(drey.Count(others.ID).Gt(1))`, // of another source
		`drey.GroupBy(&links.Query).OrderBy(drey.Key(others.ID).Asc())`, // of another source
		`drey.Select(drey.GroupBy(&links.Query), func(p *drey.Projection[drey.Grouped[inLinks]], to *int64) { drey.ReadInto(p, links.ID, to) })`,           // not a key
		`drey.Select(drey.GroupBy(&links.Query), func(p *drey.Projection[drey.Grouped[inLinks]], to *int64) { drey.ReadInto(p, drey.Min(links.ID), to) })`, // may be NULL
		`links.Insert().OrUpdate(slug).Set(drey.SetTo(links.Slug, drey.Excluded(links.Title)))`,                                                            // may be NULL
		`links.Insert().OrUpdate(slug).Set(drey.SetTo(links.Slug, drey.Excluded(others.Name)))`,                                                            // of another source
		`links.Insert().OrUpdate(slug).Where(others.ID.Gt(1))`,                                                                                             // of another source
		`links.Insert().OrUpdate(drey.NewKey[inOthers](0))`,                                                                                                // of another source
		`links.Insert().Values(drey.SetTo(links.Slug, others.Name))`,                                                                                       // of another source
		`drey.Excluded(drey.Lower(links.Slug))`,                                                                                                            // not a column
		`drey.SetFrom(links.ID, others.Name)`,                                                                                                              // of another type
		`drey.SetFrom(others.Name, links.Title)`,                                                                                                           // may be NULL
		`drey.InsertSelect(links.Insert(), &others.Query, drey.SetFrom(others.Name, links.Slug))`,                                                          // the wrong way round
		`drey.InsertSelect(links.Insert(), &others.Query, drey.SetFrom(links.Slug, links.Slug))`,                                                           // of another source
		`links.Where(drey.Exists(&fixture.Posts.Query, fixture.UserToPosts))`,                                                                              // a relation of another source
		`fixture.Users.Where(drey.Exists(&fixture.Tags.Query, fixture.UserToPosts))`,                                                                       // a relation to another source
		`fixture.Users.Where(drey.Exists(&fixture.Posts.Query, fixture.PostToAuthor))`,                                                                     // a relation the other way
		`fixture.Posts.OrderBy(drey.CountOf(&fixture.Posts.Query, fixture.UserToPosts).Asc())`,                                                             // of another source
		`fixture.Posts.OrderBy(drey.Scalar(fixture.Tags.Name, &fixture.Users.Query, fixture.PostToAuthor).Asc())`,                                          // not of the query
		`fixture.Users.Update(drey.SetTo(fixture.Users.ID, drey.CountOf(&fixture.Comments.Query, fixture.PostToComments)))`,                                // of another source
		`drey.Glob(links.ID, "1*")`,                                                                 // not a text
		`drey.Cast[bool](links.ID)`,                                                                 // not a type of SQLite's
		`drey.Coalesce(drey.Coalesce(drey.Cast[string](links.ID), ""), "")`,                         // never NULL
		`links.Where(drey.Native(&others.Query, squirrel.Expr("1")))`,                               // of another source
		`drey.Qualified("l", &links.Query)`,                                                         // neither a predicate, an order nor a handle
		`drey.Union(links.Where(), &others.Query)`,                                                  // of other rows
		`drey.Union(links.Where(), links.Where(), &others.Query)`,                                   // of other rows
		`drey.Except(drey.CountBy(&links.Query, links.ID), drey.CountBy(&links.Query, links.Slug))`, // of other rows
		`drey.Union(links.Where(), links.Where()).Where(others.ID.Eq(1))`,                           // of another source
		`drey.SelectFiltered(&links.Query, drey.NewFilters(others.ID), nil)`,                        // of another source
		`drey.SetTo(folded, drey.Lower(links.Slug))`,                                                // generated
		`drey.SetFrom(folded, others.Name)`,                                                         // generated
		`links.Insert(folded)`,                                                                      // generated
		`links.Insert().OrUpdate(slug, folded)`,                                                     // generated
		`folded.Set("a")`,                                                                           // generated
	}
	right := []string{
		`drey.Excluded(folded).Eq("a")`,
		`drey.NewFilters(folded, links.Slug)`,
		`links.Where(folded.Eq("a"), drey.Lower(folded).Eq("a")).OrderBy(folded.Asc())`,
		`drey.Union(drey.CountBy(&links.Query, links.ID), drey.CountBy(&others.Query, others.ID)).Distinct()`, // of two sources
		`drey.Qualified("l", links.ID.Asc())`,
		`drey.Eq(links.Title, links.Slug)`, // one may be NULL, and nothing else is asked
		`drey.Plus(drey.Nullable(links.ID), drey.NullIf(links.ID, 1))`,
		`links.Insert(links.Slug)`,
		`drey.GroupBy(links.Where(links.ID.Gt(1)), links.Title).Where(drey.Sum(links.ID).Gt(1)).OrderBy(drey.Key(links.Title).Desc())`,
		`links.Insert().OrUpdate(slug).Set(drey.SetTo(links.Slug, drey.Excluded(links.Slug)), links.Clicks.Add(1)).Where(drey.Excluded(links.ID).Gt(1))`,
		`drey.InsertSelect(links.Insert(), &others.Query, drey.SetFrom(links.Title, drey.Nullable(others.Name)))`,
		`drey.Scalar(others.Name, &others.Query, drey.On(others.ID, links.ID)).Gt("")`,
		`fixture.Users.Where(drey.Exists(&fixture.Users.Query, fixture.UserToBoss, drey.On(fixture.Users.Name, fixture.Users.Name)))`,
	}
	source := `package wrong

import (
	"github.com/Masterminds/squirrel"
	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/fixture"
)

type (
	inLinks  = fixture.InLinks
	inOthers struct{}
	other    struct{}
)

var others = struct {
	drey.Query[inOthers, other]
	ID   *drey.NumberColumn[inOthers, int64]
	Name *drey.TextColumn[inOthers]
}{}

var (
	links = fixture.Links
	slug  = drey.NewKey[fixture.InLinks](2)
)

var folded *struct {
	drey.TextColumn[fixture.InLinks]
	drey.ComputedColumn
}

`
	first := strings.Count(source, "\n") + 1
	for _, s := range append(right, wrong...) {
		source += "var _ = any(" + s + ")\n"
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "wrong.go")
	if err := os.WriteFile(file, []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	here, err := filepath.Abs("internal/wrong/wrong.go")
	if err != nil {
		t.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{here: file}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o644); err != nil {
		t.Fatal(err)
	}
	said, err := exec.Command("go", "build", "-gcflags=-e", "-overlay="+filepath.Join(dir, "overlay.json"), "./internal/wrong").CombinedOutput()
	if err == nil {
		t.Fatal("all of it compiles")
	}
	for i, s := range append(right, wrong...) {
		if got := strings.Contains(string(said), fmt.Sprintf("wrong.go:%d:", first+i)); got != (i >= len(right)) {
			t.Errorf("%s: refused: %v\n%s", s, got, said)
		}
	}
}
