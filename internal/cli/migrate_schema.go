package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/pressly/goose/v3"
	"github.com/spf13/cobra"

	"github.com/dreysql/drey/internal/migrate"
	"github.com/dreysql/drey/internal/migrate/diff"
	"github.com/dreysql/drey/internal/migrate/export"
	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite/alter"
)

// next is where the next migration goes, beside those that are there.
type next struct {
	schema  *project.Schema
	files   []migration.File
	folder  string
	base    string // its name
	version int64
}

func (p *migrateProject) next(name string, timestamp bool) (*next, error) {
	if err := p.own("new"); err != nil {
		return nil, err
	}
	s, err := p.find()
	if err != nil {
		return nil, err
	}
	n := &next{schema: s, folder: filepath.Join(s.Root, filepath.FromSlash(s.Paths[0]))}
	if len(s.Paths) > 1 || filepath.Ext(n.folder) == ".sql" {
		return nil, usageError{errors.New("the schema of sqlc.yaml is no single folder: say with --migrations where the migration goes")}
	}
	if n.files, err = s.FilesOrNone(); err != nil {
		return nil, err
	}
	if n.base, err = migrate.NextName(n.files, name, timestamp, time.Now()); err != nil {
		return nil, usageError{err}
	}
	n.version, err = goose.NumericComponent(n.base)
	return n, err
}

func migrateDiffCommand(p *migrateProject) *cobra.Command {
	var to string
	var flags []string
	var timestamp, dryRun bool
	c := &cobra.Command{
		Use:   "diff NAME --to schema.sql|database",
		Short: "Write the migration that leads to another schema",
		Long: `Diff compares the schema at the end of the migrations with the wanted one, which
is what SQL makes in an empty database, or that of a SQLite file, and writes the
migration that leads there, Up and Down. Both have been tried in memory, with
rows in every table, before they are written.

What SQLite can alter it alters. Otherwise the table is rebuilt, with its rows
and their rowids, indexes, triggers, views and AUTOINCREMENT counter. A rebuild
of a table that others refer to runs with foreign keys off, in a transaction of
its own that also records the version: killed at any time it is done or not done,
and no row that refers to it is lost.

A column or table that goes while another comes may be one that is renamed. On a
terminal diff asks; otherwise say so with --rename.`,
		Example: `  drey migrate diff totals --to schema.sql
  drey migrate diff people --to schema.sql --rename users=people --rename users.name=full_name
  drey migrate diff catch_up --to links.db --dry-run`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if to == "" {
				return usageError{errors.New("say with --to which schema is wanted: a file with SQL, or a database")}
			}
			var renames []alter.Rename
			for _, f := range flags {
				r, err := alter.ParseRename(f)
				if err != nil {
					return usageError{err}
				}
				renames = append(renames, r)
			}
			n, err := p.next(args[0], timestamp)
			if err != nil {
				return err
			}
			content, err := difference(c, n, to, renames)
			if err != nil || content == "" {
				return err
			}
			if dryRun {
				fmt.Fprint(c.OutOrStdout(), content)
				return nil
			}
			path, err := migrate.Create(n.folder, n.base, content)
			if err == nil {
				fmt.Fprintln(c.OutOrStdout(), path)
			}
			return err
		},
	}
	c.Flags().StringVar(&to, "to", "", "a file with the wanted schema as SQL, a SQLite database, or a cluster")
	c.Flags().StringArrayVar(&flags, "rename", nil, "old=new for a table, table.old=new for a column; may be given several times")
	c.Flags().BoolVar(&timestamp, "timestamp", false, "take the time for the version")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "print the migration and write nothing")
	return c
}

// now is the schema that the migrations make.
func (n *next) now(ctx context.Context) (*alter.Snapshot, error) {
	if len(n.files) == 0 {
		return diff.Migrated(ctx, nil)
	}
	d, err := n.schema.Applied(ctx)
	if err != nil {
		return nil, err
	}
	defer n.schema.Close()
	return alter.Of(ctx, d.Memory, migration.VersionTable)
}

// difference is the migration to another schema, "" where nothing differs.
func difference(c *cobra.Command, n *next, to string, renames []alter.Rename) (string, error) {
	ctx := c.Context()
	from, err := n.now(ctx)
	if err != nil {
		return "", err
	}
	want, err := wanted(ctx, to)
	if err != nil {
		return "", err
	}
	if len(renames) == 0 && alter.Exact(from, want) == "" {
		fmt.Fprintln(c.OutOrStdout(), "the migrations lead there already")
		return "", nil
	}
	if renames, err = ask(c, from, want, renames); err != nil {
		return "", err
	}
	if err := alter.CheckRenames(from, want, renames); err != nil {
		return "", usageError{err}
	}
	up, err := alter.Plan(ctx, from, want, renames)
	if err != nil {
		return "", fmt.Errorf("up: %w", err)
	}
	down, err := alter.Plan(ctx, want, from, alter.Reverse(renames))
	if err != nil {
		return "", fmt.Errorf("down: %w", err)
	}
	return diff.File(n.version, up, down), nil
}

// snapshot reads the schema of a database file, without the tables in which a tool
// keeps versions, unless the schema that it is compared with has them; have may be nil.
func snapshot(ctx context.Context, t migrate.Target, have *alter.Snapshot) (*alter.Snapshot, error) {
	db, err := t.Read(ctx)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	without, err := migrate.VersionTables(ctx, db)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t, err)
	}
	own, err := migrate.EngineTables(ctx, db)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t, err)
	}
	without = slices.DeleteFunc(append(without, own...), func(name string) bool { return have != nil && have.Schema.Table(name) != nil })
	s, err := alter.Read(ctx, db, without...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t, err)
	}
	return s, nil
}

// fileHeader is what a SQLite database begins with,
// see https://www.sqlite.org/fileformat2.html.
const fileHeader = "SQLite format 3\x00"

// wanted reads a schema from a file: a SQLite database, or SQL that makes one in
// an empty database.
func wanted(ctx context.Context, name string) (*alter.Snapshot, error) {
	if migrate.NamesCluster(name) {
		t, err := migrate.ParseTarget(name)
		if err != nil {
			return nil, usageError{err}
		}
		local, remove, err := t.Local(ctx)
		if err != nil {
			return nil, err
		}
		defer remove()
		return snapshot(ctx, local, nil)
	}
	content, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read the wanted schema: %w", err)
	}
	if strings.HasPrefix(string(content), fileHeader) {
		return snapshot(ctx, migrate.Target{Path: name}, nil)
	}
	return diff.Made(ctx, name, string(content))
}

// ask finds out whether what looks like a rename is one: on a terminal by
// asking. Elsewhere it says how to tell.
func ask(c *cobra.Command, from, want *alter.Snapshot, renames []alter.Rename) ([]alter.Rename, error) {
	in := c.InOrStdin()
	f, ok := in.(*os.File)
	terminal := ok && isatty.IsTerminal(f.Fd())
	answers := bufio.NewReader(in)
	asked := map[string]bool{}
	for {
		likely := slices.DeleteFunc(alter.Likely(from, want, renames), func(r alter.Rename) bool { return asked[r.String()] })
		if len(likely) == 0 {
			return renames, nil
		}
		r := likely[0]
		asked[r.String()] = true
		what, old := "column", r.Table+"."+r.Old
		if r.Old == "" {
			what, old = "table", r.Table
		}
		if !terminal {
			fmt.Fprintf(c.ErrOrStderr(), "note: %s %s goes and %s comes; if it is renamed, give --rename %s\n", what, old, r.New, r)
			continue
		}
		fmt.Fprintf(c.ErrOrStderr(), "Is %s %s renamed to %s? Otherwise what is in it is lost. [y/N] ", what, old, r.New)
		answer, err := answers.ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if strings.HasPrefix(strings.ToLower(strings.TrimSpace(answer)), "y") {
			renames = append(renames, r)
		}
	}
}

// onFile is the error of a command that works on files alone.
func onFile(t migrate.Target, command string) error {
	return usageError{fmt.Errorf("%s is a cluster, and drey %s works on a file\n\tfix: download it, curl HOST:4001/db/backup -o links.db, and load it again: see docs/cluster.md", t, command)}
}

// databaseArgument is a database that is given as an argument.
func (p *migrateProject) databaseArgument(name string) (migrate.Target, error) {
	named := *p
	named.db = name
	t, err := named.target()
	if err != nil {
		return t, err
	}
	if there, err := t.Exists(); err != nil || !there {
		return t, errors.Join(err, fmt.Errorf("%s: there is no such database", t))
	}
	return t, nil
}

func migrateIntrospectCommand(p *migrateProject) *cobra.Command {
	var name string
	var mark, stdout bool
	c := &cobra.Command{
		Use:   "introspect DATABASE",
		Short: "Write the first migration from a database that is there",
		Long: `Introspect writes the migration that makes the schema of a database: the very
text that SQLite has of every table, index, view and trigger, in an order in
which they can be created. With --applied the database is told that it has this
migration, so that drey migrate up and goose up go on behind it.`,
		Example: "  drey migrate introspect links.db --applied\n  drey migrate introspect links.db --stdout",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			t, err := p.databaseArgument(args[0])
			if err != nil {
				return err
			}
			if stdout && mark {
				return usageError{errors.New("--stdout and --applied exclude each other")}
			}
			if mark && t.Cluster() {
				return onFile(t, "migrate introspect --applied")
			}
			t, remove, err := t.Local(c.Context())
			if err != nil {
				return err
			}
			defer remove()
			return p.introspect(c, t, name, mark, stdout)
		},
	}
	c.Flags().StringVar(&name, "name", "baseline", "the migration's name")
	c.Flags().BoolVar(&mark, "applied", false, "tell the database that it has the migration")
	c.Flags().BoolVar(&stdout, "stdout", false, "print the migration and write nothing")
	return c
}

func (p *migrateProject) introspect(c *cobra.Command, t migrate.Target, name string, mark, stdout bool) error {
	ctx := c.Context()
	s, err := snapshot(ctx, t, nil)
	if err != nil {
		return err
	}
	if stdout {
		content, err := diff.Baseline(ctx, 1, s)
		if err == nil {
			fmt.Fprint(c.OutOrStdout(), content)
		}
		return err
	}
	n, err := p.next(name, false)
	if err != nil {
		return err
	}
	if len(n.files) > 0 {
		return fmt.Errorf("there are migrations already, %s for one: a baseline is the first; drey migrate diff --to %s writes what they lack",
			n.files[0].Path, t)
	}
	list, err := applied(ctx, t, nil)
	if err != nil {
		return err
	}
	if mark && len(list) > 0 {
		return fmt.Errorf("%s has version %d already: get the migrations that it was made with", t, migrate.Current(list))
	}
	content, err := diff.Baseline(ctx, n.version, s)
	if err != nil {
		return err
	}
	path, err := migrate.Create(n.folder, n.base, content)
	if err != nil {
		return err
	}
	if mark {
		files, err := project.NewSchema(n.schema.Root, n.schema.Paths...).Files() // with the new one
		if err == nil {
			err = t.Mark(ctx, files)
		}
		if err != nil {
			os.Remove(path)
			return err
		}
	}
	fmt.Fprintln(c.OutOrStdout(), path)
	return nil
}

func migrateExportCommand(p *migrateProject) *cobra.Command {
	c := &cobra.Command{
		Use:     "export",
		Short:   "Write the migrations for another tool",
		Long:    "Export writes the migrations in the form that another tool takes.",
		Example: "  drey migrate export d1 worker/migrations",
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	var from int64
	d1Command := &cobra.Command{
		Use:   "d1 DIR",
		Short: "Write the Up sections for wrangler d1 migrations apply",
		Long: `Export d1 writes the Up section of each migration that the folder lacks into a
file of the same name, for wrangler d1 migrations apply: wrangler would run a
goose file whole, Up and then Down. A file that is there is never rewritten.
What D1 refuses is an error, and nothing is written then: BEGIN and the like,
ATTACH, VACUUM, most PRAGMAs, statements of more than 100 kB.

D1 enforces foreign keys all the time; drey migrate check finds the migrations
that lose rows there (cascade) or fail (enforced).

A database on D1 that begins with a later version need not run what D1 refuses in
the earlier ones: --from 6 writes the schema of version 6 as one file, and no file
for what is older. Say it each time.`,
		Example: "  drey migrate export d1 worker/migrations\n  drey migrate export d1 worker/migrations --from 6",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			files, err := p.files()
			if err != nil {
				return err
			}
			written, err := export.Export(c.Context(), files, args[0], from)
			for _, name := range written {
				fmt.Fprintln(c.OutOrStdout(), name)
			}
			if err == nil && len(written) == 0 {
				fmt.Fprintln(c.OutOrStdout(), "nothing to do")
			}
			return err
		},
	}
	d1Command.Flags().Int64Var(&from, "from", 0, "the version with whose schema the database begins (default: all migrations)")
	c.AddCommand(d1Command)
	return c
}
