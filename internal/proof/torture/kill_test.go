package torture

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

// writeUntilKilled writes in all ways at once, and tells of each write when it
// has been acknowledged. Each is a link with a tag of its name.
func writeUntilKilled(path string) {
	ctx := context.Background()
	c, err := db.Open(ctx, path)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	run := fmt.Sprint(os.Getpid())
	write := func(tx *db.Tx, name string) error {
		if _, err := tx.CreateLink(ctx, db.CreateLinkParams{UserID: 1, Slug: name, URL: "https://example.com"}); err != nil {
			return err
		}
		if err := tx.EnsureTag(ctx, db.EnsureTagParams{Name: name}); err != nil {
			return err
		}
		return tx.TagLink(ctx, db.TagLinkParams{Slug: name, Name: name})
	}
	ways := map[string]func(name string) error{
		"tx": func(name string) error { return c.Tx(ctx, func(tx *db.Tx) error { return write(tx, name) }) },
		"nested": func(name string) error {
			return c.Tx(ctx, func(tx *db.Tx) error {
				if err := write(tx, name); err != nil {
					return err
				}
				undone := errors.New("undone")
				err := tx.Tx(ctx, func(tx *db.Tx) error {
					if err := write(tx, name+"-undone"); err != nil {
						return err
					}
					return undone
				})
				if !errors.Is(err, undone) {
					return err
				}
				return nil
			})
		},
		"batch": func(name string) error {
			var b db.Batch
			b.Do(func(tx *db.Tx) error {
				_, err := tx.CreateLink(ctx, db.CreateLinkParams{UserID: 1, Slug: name, URL: "https://example.com"})
				return err
			})
			b.Do(func(tx *db.Tx) error { return tx.EnsureTag(ctx, db.EnsureTagParams{Name: name}) })
			b.Do(func(tx *db.Tx) error { return tx.TagLink(ctx, db.TagLinkParams{Slug: name, Name: name}) })
			return b.Run(ctx, c)
		},
		"single": func(name string) error {
			_, err := c.CreateLink(ctx, db.CreateLinkParams{UserID: 1, Slug: name, URL: "https://example.com"})
			return err
		},
		"bulk": func(name string) error {
			rows := make([]db.Link, 300)
			for i := range rows {
				rows[i] = db.Link{UserID: 1, Slug: fmt.Sprint(name, "-", i), URL: "https://example.com"}
			}
			_, err := db.Links.Insert(db.Links.UserID, db.Links.Slug, db.Links.URL).Exec(ctx, c, rows...)
			return err
		},
	}
	var group sync.WaitGroup
	for way, do := range ways {
		group.Go(func() {
			for n := 0; ; n++ {
				name := fmt.Sprintf("%s-%s-%d", way, run, n)
				if err := do(name); err != nil {
					fmt.Fprintln(os.Stderr, name, err)
					os.Exit(1)
				}
				fmt.Println(name)
			}
		})
	}
	group.Wait()
}

// Every acknowledged write is there, and no half of another.
func TestKilledWhileItWrites(t *testing.T) {
	c, path := open(t, db.Options{})
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	acknowledged := map[string]bool{}
	for round := range scaled(10, 200) {
		cmd := exec.Command(os.Args[0], path)
		cmd.Env = append(os.Environ(), "TORTURE_CHILD=write")
		var said strings.Builder
		cmd.Stderr = &said
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewReader(out)
		first, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("round %d: %v: %s", round, err, said.String())
		}
		kill := time.AfterFunc(time.Duration(rand.IntN(60_000))*time.Microsecond, func() { _ = cmd.Process.Kill() })
		rest, err := io.ReadAll(lines)
		kill.Stop()
		_ = cmd.Wait() // it was killed
		if err != nil || said.Len() > 0 {
			t.Fatalf("round %d: %v: %s", round, err, said.String())
		}
		text := first + string(rest)
		for name := range strings.Lines(text[:strings.LastIndexByte(text, '\n')+1]) {
			acknowledged[strings.TrimSpace(name)] = true
		}
		checkWrites(t, path, acknowledged)
	}
	t.Logf("%d acknowledged writes", len(acknowledged))
}

func checkWrites(t *testing.T, path string, acknowledged map[string]bool) {
	t.Helper()
	ctx := context.Background()
	c, err := db.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Check(ctx); err != nil {
		t.Fatal(err)
	}
	links, err := db.Links.Where().All(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	tags, err := drey.LoadMany(ctx, c, links, db.LinkToTags, &db.Tags.Query)
	if err != nil {
		t.Fatal(err)
	}
	there, bulk, single := map[string]bool{}, map[string]int{}, 0
	for _, l := range links {
		if strings.HasPrefix(l.Slug, "bulk-") {
			bulk[l.Slug[:strings.LastIndexByte(l.Slug, '-')]]++
			continue
		}
		there[l.Slug] = true
		if strings.HasPrefix(l.Slug, "single-") {
			single++
			continue
		}
		if own := tags[l.ID]; len(own) != 1 || own[0].Name != l.Slug || strings.HasSuffix(l.Slug, "-undone") {
			t.Errorf("half of a write: link %s has tags %v", l.Slug, own)
		}
	}
	for name, n := range bulk {
		there[name] = true
		if n != 300 {
			t.Errorf("%d rows of bulk insert %s", n, name)
		}
	}
	if n, err := db.Tags.Count(ctx, c); err != nil || int(n) != len(there)-len(bulk)-single {
		t.Errorf("%d tags of %d links, %v", n, len(there)-len(bulk)-single, err)
	}
	for name := range acknowledged {
		if !there[name] {
			t.Errorf("%s was acknowledged, and is gone", name)
		}
	}
}

// migrateOnce prints how many operations SQLite has compiled for the migration. It kills
// itself at the one that TORTURE_KILL says, or TORTURE_LATER after it: the clock tells
// nobody how far it is.
func migrateOnce(path string) {
	at, _ := strconv.ParseInt(os.Getenv("TORTURE_KILL"), 10, 64)
	later, _ := time.ParseDuration(os.Getenv("TORTURE_LATER"))
	var operations atomic.Int64
	authorize := func(sqlite.AuthorizerActionCode, string, string, string, string) sqlite.AuthorizerReturnCode {
		if operations.Add(1) == at {
			if later > 0 {
				time.AfterFunc(later, killSelf)
			} else {
				killSelf()
			}
		}
		return sqlite.AuthorizerOK
	}
	sqlite.RegisterConnectionHook(func(c sqlite.ExecQuerierContext, _ string) error {
		return c.(sqlite.AuthorizerRegisterer).RegisterAuthorizer(authorize)
	})
	if _, err := db.Migrate(context.Background(), path); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(operations.Load())
}

func killSelf() {
	if self, err := os.FindProcess(os.Getpid()); err == nil {
		_ = self.Kill()
	}
}

// A schema is that of one version, whenever the migration is killed, and the
// next one finishes.
func TestKilledWhileItMigrates(t *testing.T) {
	ctx := t.Context()
	schemas := schemaOfVersions(t)
	last := slices.Max(slices.Collect(maps.Keys(schemas)))
	migrate := func(path string, env ...string) (said string, killed bool) {
		t.Helper()
		cmd := exec.Command(os.Args[0], path)
		cmd.Env = append(os.Environ(), append(env, "TORTURE_CHILD=migrate")...)
		var wrong strings.Builder
		cmd.Stderr = &wrong
		out, err := cmd.Output()
		if wrong.Len() > 0 {
			t.Fatal(wrong.String())
		}
		return strings.TrimSpace(string(out)), err != nil
	}
	said, killed := migrate(filepath.Join(t.TempDir(), "whole.db"))
	operations, err := strconv.Atoi(said)
	if err != nil || killed || operations < 10*len(schemas) {
		t.Fatalf("%d operations are compiled in all: %v", operations, err)
	}
	seen := map[int64]int{}
	rounds := scaled(30, 200)
	for round := range rounds {
		path := filepath.Join(t.TempDir(), "killed.db")
		// One operation of each part; in every other round what follows, such as a commit.
		at := 1 + operations*round/rounds + rand.IntN(max(operations/rounds, 1))
		later := time.Duration(0)
		if round%2 == 1 {
			later = 1 + rand.N(2*time.Millisecond)
		}
		_, killed := migrate(path, fmt.Sprint("TORTURE_KILL=", at), fmt.Sprint("TORTURE_LATER=", later))
		if !killed && later == 0 {
			t.Errorf("round %d: nobody is killed at operation %d of %d", round, at, operations)
		}
		version, schema := schemaOf(t, path)
		seen[version]++
		if schema != schemas[version] {
			t.Errorf("round %d: version %d has the schema\n%s\nwant\n%s", round, version, schema, schemas[version])
		}
		if _, err := db.Migrate(ctx, path); err != nil {
			t.Fatal(err)
		}
		c, err := db.Open(ctx, path)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(c.Check(ctx), c.Close()); err != nil {
			t.Error(err)
		}
		if version, schema := schemaOf(t, path); version != last || schema != schemas[last] {
			t.Errorf("round %d: the next migration ends at version %d with the schema\n%s", round, version, schema)
		}
	}
	t.Logf("%d operations; so many were at a version: %v", operations, seen)
	if between := rounds - seen[0] - seen[last]; between < rounds/2 {
		t.Errorf("only %d of %d kills met the middle: %v", between, rounds, seen)
	}
}

// Processes that start at once: each migration runs in one of them.
func TestMigrateTogether(t *testing.T) {
	schemas := schemaOfVersions(t)
	for round := range scaled(3, 50) {
		path := filepath.Join(t.TempDir(), fmt.Sprintf("together-%d.db", round))
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				cmd := exec.Command(os.Args[0], path)
				cmd.Env = append(os.Environ(), "TORTURE_CHILD=migrate")
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Errorf("%v: %s", err, out)
				}
			})
		}
		group.Wait()
		version, schema := schemaOf(t, path)
		if last := slices.Max(slices.Collect(maps.Keys(schemas))); version != last || schema != schemas[last] {
			t.Errorf("version %d has the schema\n%s", version, schema)
		}
		d, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		var versions, rows int
		err = d.QueryRow("SELECT count(DISTINCT version_id), count(*) FROM goose_db_version").Scan(&versions, &rows)
		if err := errors.Join(err, d.Close()); err != nil || versions != rows {
			t.Errorf("%d versions in %d rows, %v", versions, rows, err)
		}
	}
}

// schemaOfVersions has what goose makes of the migrations, up to each of them.
func schemaOfVersions(t *testing.T) map[int64]string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "goose.db")
	d, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	p, err := goose.NewProvider(goose.DialectSQLite3, d, os.DirFS("../../../migrations"))
	if err != nil {
		t.Fatal(err)
	}
	schemas := map[int64]string{0: ""}
	for _, s := range p.ListSources() {
		if _, err := p.UpTo(t.Context(), s.Version); err != nil {
			t.Fatal(err)
		}
		version, schema := schemaOf(t, path)
		schemas[version] = schema
	}
	return schemas
}

func schemaOf(t *testing.T, path string) (version int64, schema string) {
	t.Helper()
	d, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var has bool
	if err := d.QueryRow("SELECT count(*) FROM sqlite_schema WHERE name = 'goose_db_version'").Scan(&has); err != nil {
		t.Fatal(err)
	}
	if has {
		if err := d.QueryRow("SELECT coalesce(max(version_id), 0) FROM goose_db_version").Scan(&version); err != nil {
			t.Fatal(err)
		}
	}
	err = d.QueryRow("SELECT coalesce(group_concat(type || ' ' || name || ' ' || sql, char(10) ORDER BY name), '') FROM sqlite_schema WHERE name NOT IN ('goose_db_version', 'sqlite_sequence') AND sql IS NOT NULL").Scan(&schema)
	if err != nil {
		t.Fatal(err)
	}
	return version, schema
}
