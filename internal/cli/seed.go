package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dreysql/drey/internal/migrate"
	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/seed"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/stored"
)

// seedOptions are the flags of drey seed.
type seedOptions struct {
	migrateProject
	rows []string
	seed uint64
	sql  bool
}

func seedCommand() *cobra.Command {
	o := &seedOptions{}
	c := &cobra.Command{
		Use:   "seed [FILE] [--rows N] [--rows TABLE=N] [--rows TABLE=N/PARENT] [--seed N] [--sql] [--dir DIR]",
		Short: "Fill a database with made-up rows",
		Long: `Seed puts rows into the tables of a database. They satisfy every constraint of the
schema, refer to each other, and look like what the names and types of the columns
say. Triggers run. Rows that are there stay, and keys go on after them.

FILE is a database with the schema of the migrations; one that is not there is
created and migrated. The file of a local D1 is one below .wrangler/state. All rows
are written in one transaction: if a table cannot be filled, none are.

  --rows 100             rows of every table; this is the default
  --rows links=1000      of one table, and 100 of the empty ones that it refers to
  --rows links=5/users   5 links for every user
  --rows audit=0         none

With --sql the rows are printed as INSERT statements, and nothing is written: those
for a database that has been migrated and is otherwise empty, or with FILE, for that
one. No statement is too long for D1. In a test, execute them on a database in memory.

The same --seed makes the same rows of the same schema and database.`,
		Example: `  drey seed dev.db                                        100 rows in each table
  drey seed dev.db --rows users=200 --rows links=5/users  1000 links
  drey seed dev.db --rows 10 --seed 7                     other rows
  drey seed --sql --rows 20 > testdata/seed.sql           for tests
  drey seed --sql > seed.sql && npx wrangler d1 execute links --local --file seed.sql`,
		SuggestFor: []string{"fake", "fixtures", "populate", "fill"},
		Args:       cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			name := ""
			if len(args) > 0 {
				name = args[0]
			}
			return o.run(c.Context(), name, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	c.Flags().StringArrayVar(&o.rows, "rows", nil, "how many rows: 100, links=1000, links=5/users (default 100)")
	c.Flags().Uint64Var(&o.seed, "seed", 1, "what the rows are made from")
	c.Flags().BoolVar(&o.sql, "sql", false, "print INSERT statements, and write nothing")
	c.Flags().StringVar(&o.dir, "dir", ".", "the folder with sqlc.yaml and .env")
	c.Flags().StringVar(&o.migrations, "migrations", "", "the folder with the migrations (default: the schema of sqlc.yaml)")
	return c
}

func (o *seedOptions) run(ctx context.Context, name string, stdout, stderr io.Writer) error {
	options := seed.Options{Seed: o.seed}
	for _, text := range o.rows {
		count, err := seed.ParseCount(text)
		if err != nil {
			return usageError{err}
		}
		options.Rows = append(options.Rows, count)
	}
	s, err := o.find()
	if err != nil {
		return err
	}
	bar := newProgress(stderr)
	defer bar.clear()
	options.Progress = func(table string, rows, done, all int) {
		if rows > 0 {
			table += fmt.Sprintf(" %d", rows)
		}
		bar.show(table, done, all)
	}
	printed := bufio.NewWriter(stdout)
	if o.sql {
		options.SQL = printed
	}
	start := time.Now()
	var list []seed.Filled
	if name == "" && o.sql {
		list, err = o.empty(ctx, s, options)
	} else {
		list, err = o.file(ctx, s, name, options, stderr)
	}
	bar.clear()
	var count *seed.CountError
	if errors.As(err, &count) {
		return usageError{err}
	}
	if err != nil {
		return err
	}
	if o.sql {
		for _, f := range list {
			if f.Why != "" {
				fmt.Fprintf(stderr, "drey: %d rows of %s, not %d: %s\n", f.Rows, f.Table, f.Asked, f.Why)
			}
		}
		return printed.Flush()
	}
	return writeFilled(stdout, list, time.Since(start))
}

func writeFilled(w io.Writer, list []seed.Filled, took time.Duration) error {
	width, rows := 0, 0
	for _, f := range list {
		width = max(width, len(f.Table))
		rows += f.Rows
	}
	for _, f := range list {
		why := ""
		if f.Why != "" {
			why = ": " + f.Why
		}
		fmt.Fprintf(w, "%-*s  %7d%s\n", width, f.Table, f.Rows, why)
	}
	_, err := fmt.Fprintf(w, "%s in %s\n", count(rows, "row"), took.Round(time.Millisecond))
	return err
}

// empty makes the rows of a database that has been migrated and does not have others.
func (o *seedOptions) empty(ctx context.Context, s *project.Schema, options seed.Options) ([]seed.Filled, error) {
	defer s.Close()
	d, err := s.Applied(ctx)
	if err != nil {
		return nil, err
	}
	memory, err := d.Memory.Clone()
	if err != nil {
		return nil, err
	}
	defer memory.Close()
	db, err := memory.Open(nil)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	return seed.Run(ctx, db, d.Schema, o.types(s), options)
}

func (o *seedOptions) types(s *project.Schema) stored.Types { return stored.TypesOf(o.overrides(s)) }

// file makes the rows of a database file.
func (o *seedOptions) file(ctx context.Context, s *project.Schema, name string, options seed.Options, stderr io.Writer) (list []seed.Filled, err error) {
	named := o.migrateProject
	named.db = name
	t, err := named.target()
	if err == nil && t.Cluster() {
		err = onFile(t, "seed")
	}
	if err != nil {
		return nil, err
	}
	there, err := t.Exists()
	if err != nil {
		return nil, err
	}
	files, err := s.Files()
	if err != nil {
		return nil, err
	}
	if !there {
		if o.sql {
			return nil, fmt.Errorf("%s: there is no such database\n\tfix: leave it out: drey seed --sql prints the rows of a new one", t)
		}
		if err := named.own("up"); err != nil {
			return nil, err
		}
		defer func() {
			if err != nil {
				remove(t.Path)
			}
		}()
		if err := t.Run(ctx, files, migrate.Up(false), migrate.Options{}); err != nil {
			return nil, err
		}
	}
	is, err := o.migrated(ctx, t, files, stderr)
	if err != nil {
		return nil, err
	}
	db, err := sqlite.OpenFile(t.DSN("rw"))(nil)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	list, err = seed.Run(ctx, db, is, o.types(s), options)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t, err)
	}
	return list, nil
}

// remove removes a database that has just been created.
func remove(path string) {
	for _, suffix := range []string{"", "-wal", "-shm", "-migrate"} {
		os.Remove(path + suffix) // what is left does not matter: the error that is reported does
	}
}

// migrated returns the schema of a database, if it is that of all migrations.
func (o *seedOptions) migrated(ctx context.Context, t migrate.Target, files []migration.File, stderr io.Writer) (*schema.Schema, error) {
	have, _, err := hasOf(ctx, t, files)
	if err != nil {
		return nil, err
	}
	lacks := slices.DeleteFunc(slices.Clone(files), func(f migration.File) bool {
		return slices.ContainsFunc(have, func(h migration.File) bool { return h.Version() == f.Version() })
	})
	if len(lacks) > 0 {
		command := "drey migrate up --db " + t.Path
		if f := files[0].Format; f.Foreign() {
			command = "run them with " + f.Name
		}
		if strings.HasSuffix(t.Path, ".sqlite") && strings.Contains(t.Path, "miniflare-D1") {
			command = "drey migrate export d1, and npx wrangler d1 migrations apply"
		}
		return nil, fmt.Errorf("%s lacks %s, the first is %s\n\tfix: %s", t, count(len(lacks), "migration"), lacks[0].Path, command)
	}
	is, err := differs(ctx, stderr, t, have, "what its migrations say")
	if errors.Is(err, errDrift) {
		fmt.Fprintln(stderr, "-- Rows for the one schema would not fit the other: nothing is written.")
	}
	if err != nil {
		return nil, err
	}
	return is.Schema, nil
}
