package cli

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/dreysql/drey/internal/migrate"
	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/project/config"
	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/stored"
)

func migrateCommand() *cobra.Command {
	p := &migrateProject{}
	c := &cobra.Command{
		Use:   "migrate",
		Short: "Write, check and run migrations",
		Long: `Migrate runs the goose migrations of a project on a SQLite file, and helps to
write and to judge them. The version table is the goose command's: both can be
used on one database. So are the names of the commands that change one.

The database may be a cluster of rqlite, named by the addresses of one or more of
its nodes: there each migration and the row that records it are one transaction,
whatever the migration says, and of several processes one applies it.

The database is --db, or GOOSE_DBSTRING in the environment or in .env, as goose
reads it. The migrations are the schema of sqlc.yaml, or --migrations; without a
sqlc.yaml, GOOSE_MIGRATION_DIR. What sqlc.yaml and .env name is relative to their
folder, what flags and arguments name to the current one.

Foreign keys are not enforced while migrations run, as with goose itself; a
migration that would leave rows which refer to nothing is rolled back. A cluster
enforces them, so that a table to which rows refer cannot be dropped there.

Before the first step that drops a table or a column, or deletes or overwrites
rows, the file is copied, a cluster into the current folder, and the copy's name is
printed. To restore a file, stop what uses the database, then:

  rm -f links.db-wal links.db-shm
  mv links.db.before-7-20260102T030405.000Z links.db`,
		Example: `  drey migrate new add_orders         write an empty migration
  drey migrate up --db links.db       apply what the database lacks
  drey migrate up --db http://10.0.0.1:4001   the same for a cluster of rqlite
  drey migrate up --dry-run           print the SQL instead
  drey migrate to 3                   go up or down to version 3
  drey migrate check                  find what is wrong with the migrations
  drey migrate diff x --to schema.sql write the migration to another schema
  drey migrate drift links.db         does it have the schema that they say?
  drey migrate introspect old.db      begin with a database that is there
  drey migrate export d1 worker/sql   write them for Cloudflare D1
  drey migrate convert                make goose migrations of another tool's`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.PersistentFlags().StringVar(&p.dir, "dir", ".", "the folder with sqlc.yaml and .env")
	c.PersistentFlags().StringVar(&p.migrations, "migrations", "", "the folder with the migrations (default: the schema of sqlc.yaml)")
	c.AddCommand(
		migrateNewCommand(p), migrateFixCommand(p), migrateValidateCommand(p), migrateStatusCommand(p), migrateVersionCommand(p),
		migrateCheckCommand(p), migrateDiffCommand(p), migrateDriftCommand(p), migrateIntrospectCommand(p), migrateExportCommand(p), migrateConvertCommand(p),
	)
	for i := range runCommands {
		c.AddCommand(runCommands[i].command(p))
	}
	return c
}

// migrateProject is where migrations and databases are.
type migrateProject struct {
	dir, db, migrations string

	project *project.Project // nil where no sqlc.yaml names the migrations
	schema  *project.Schema  // once it is found
}

func (p *migrateProject) databaseFlag(c *cobra.Command) {
	c.Flags().StringVar(&p.db, "db", "", "the database file, or the nodes of a cluster, as in http://host:4001,http://host:4003 (default: GOOSE_DBSTRING)")
}

// find finds the migrations.
func (p *migrateProject) find() (*project.Schema, error) {
	if p.schema != nil {
		return p.schema, nil
	}
	found, err := project.Open(p.dir)
	if p.migrations != "" {
		if err == nil {
			p.project = found
		}
		p.schema = place(".", p.migrations)
		return p.schema, nil
	}
	if errors.Is(err, config.ErrNone) {
		env, envErr := migrate.ReadEnvironment(p.dir)
		if folder := env.Get("GOOSE_MIGRATION_DIR"); envErr != nil || folder != "" {
			if envErr == nil {
				p.schema = place(p.dir, folder)
			}
			return p.schema, envErr
		}
	}
	if err != nil {
		return nil, err
	}
	schemas := found.Schemas()
	if len(schemas) > 1 {
		return nil, usageError{fmt.Errorf("the blocks of %s have several schemas: say which with --migrations", found.Config.File)}
	}
	p.project, p.schema = found, schemas[0]
	return p.schema, nil
}

// rqliteFrom is the version with whose schema a cluster begins, by sqlc.yaml, or 0.
func (p *migrateProject) rqliteFrom() int64 {
	if p.project == nil {
		return 0
	}
	return p.project.Config.RqliteFrom
}

// overrides are the Go types that sqlc.yaml gives columns, of the first block with
// these migrations; nil where it has none, or is not right itself.
func (p *migrateProject) overrides(s *project.Schema) stored.Overrides {
	if p.project == nil {
		return nil
	}
	blocks := p.project.Blocks(s)
	if len(blocks) == 0 {
		return nil
	}
	m, err := p.project.Module(blocks[0])
	if err != nil {
		return nil
	}
	return m.GoTypes(blocks[0])
}

func place(dir, folder string) *project.Schema {
	if filepath.IsAbs(folder) {
		return project.NewSchema(filepath.Dir(folder), filepath.Base(folder))
	}
	return project.NewSchema(dir, filepath.ToSlash(filepath.Clean(folder)))
}

func (p *migrateProject) files() ([]migration.File, error) {
	s, err := p.find()
	if err != nil {
		return nil, err
	}
	return s.Files()
}

func (p *migrateProject) target() (migrate.Target, error) {
	env, err := migrate.ReadEnvironment(p.dir)
	if err != nil {
		return migrate.Target{}, err
	}
	name, dir := p.db, "."
	if name == "" {
		name, dir = env.Get("GOOSE_DBSTRING"), p.dir
		switch driver := env.Get("GOOSE_DRIVER"); driver {
		case "", "sqlite", "sqlite3":
		default:
			return migrate.Target{}, usageError{fmt.Errorf("GOOSE_DRIVER is %s: drey migrates SQLite files", driver)}
		}
	}
	if table := env.Get("GOOSE_TABLE"); table != "" && table != migration.VersionTable {
		return migrate.Target{}, usageError{fmt.Errorf("GOOSE_TABLE is %[1]s: drey keeps versions in goose's default table, %[2]s\n"+
			"\tfix: rename it once in each database, ALTER TABLE %[1]s RENAME TO %[2]s, and delete GOOSE_TABLE, for goose as well", table, migration.VersionTable)}
	}
	if name == "" {
		return migrate.Target{}, usageError{errors.New("no database is named: give --db, or set GOOSE_DBSTRING in the environment or in .env")}
	}
	t, err := migrate.ParseTarget(name)
	if err != nil {
		return t, usageError{err}
	}
	if !t.Cluster() && !filepath.IsAbs(t.Path) {
		t.Path = filepath.Join(dir, t.Path)
	}
	return t, nil
}

// applied reads the versions of a database that need not be there, from the table of
// the tool that runs the migrations.
func applied(ctx context.Context, t migrate.Target, files []migration.File) ([]migrate.Applied, error) {
	if t.Cluster() {
		if len(files) > 0 && files[0].Format.Foreign() {
			return t.ReadOnCluster(ctx, func(db *sql.DB) ([]migrate.Applied, error) { return readApplied(ctx, db, files) })
		}
		return t.Applied(ctx)
	}
	there, err := t.Exists()
	if err != nil || !there {
		return nil, err
	}
	db, err := t.Read(ctx)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	list, err := readApplied(ctx, db, files)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t, err)
	}
	return list, nil
}

func readApplied(ctx context.Context, db *sql.DB, files []migration.File) ([]migrate.Applied, error) {
	if len(files) == 0 || !files[0].Format.Foreign() {
		list, err := migrate.ReadApplied(ctx, db)
		if err == nil && list == nil {
			list, err = migrate.ReadD1(ctx, db, files)
		}
		if err == nil && list == nil && len(files) > 0 {
			err = migrate.NotOthers(ctx, db)
		}
		return list, err
	}
	list, err := migrate.ReadTool(ctx, db, files)
	if err == nil && list == nil {
		list, err = migrate.ReadD1(ctx, db, files)
	}
	if err == nil && list == nil && files[0].Format.Table == "" {
		err = errUnrecorded
	}
	return list, err
}

func migrateNewCommand(p *migrateProject) *cobra.Command {
	var timestamp bool
	c := &cobra.Command{
		Use:     "new NAME",
		Aliases: []string{"create"},
		Short:   "Write an empty migration",
		Long: `New writes the next migration, with an empty Up and an empty Down section. Its
version is the next number, with as many digits as the others have; or the time,
where the newest migration has one or --timestamp says so.

create NAME sql is goose's way to say it.`,
		Example:    "  drey migrate new add_orders",
		SuggestFor: []string{"add", "init", "generate"},
		Args:       cobra.RangeArgs(1, 2),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 2 && args[1] != "sql" {
				return usageError{fmt.Errorf("drey does not write migrations in %q: what one in Go does to the schema cannot be known without running it\n"+
					"\tfix: drey migrate %s %s, and move data in Go from the service or a command of its own", args[1], c.CalledAs(), args[0])}
			}
			n, err := p.next(args[0], timestamp)
			if err != nil {
				return err
			}
			path, err := migrate.Create(n.folder, n.base, migrate.Empty)
			if err == nil {
				fmt.Fprintln(c.OutOrStdout(), path)
			}
			return err
		},
	}
	c.Flags().BoolVar(&timestamp, "timestamp", false, "take the time for the version")
	return c
}

func migrateStatusCommand(p *migrateProject) *cobra.Command {
	c := &cobra.Command{
		Use:   "status",
		Short: "List the migrations, and when the database got them",
		Long: `Status lists every migration with the time (UTC) at which it was applied, or
"pending", and the versions of the database that have no file. It changes
nothing.`,
		Example: "  drey migrate status --db links.db",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			files, have, err := p.state(c.Context())
			if err != nil {
				return err
			}
			return writeStatus(c.OutOrStdout(), files, have)
		},
	}
	p.databaseFlag(c)
	return c
}

func (p *migrateProject) state(ctx context.Context) ([]migration.File, []migrate.Applied, error) {
	t, err := p.target()
	if err != nil {
		return nil, nil, err
	}
	files, err := p.files()
	if err != nil {
		return nil, nil, err
	}
	have, err := applied(ctx, t, files)
	return files, have, err
}

func writeStatus(w io.Writer, files []migration.File, have []migrate.Applied) error {
	fmt.Fprintf(w, "%-19s  %s\n", "applied (UTC)", "migration")
	for _, s := range statusOf(files, have) {
		if _, err := fmt.Fprintf(w, "%-19s  %s\n", s.when, s.name); err != nil {
			return err
		}
	}
	return nil
}

// migrationStatus is a migration, or a version of the database that has no file.
type migrationStatus struct {
	version    int64
	when, name string
}

const pending = "pending"

// statusOf are the migrations by version, and after them what another tool has recorded and
// has no file.
func statusOf(files []migration.File, have []migrate.Applied) []migrationStatus {
	rows := map[int64]migrationStatus{}
	var unknown []migrationStatus
	for i := range files {
		f := &files[i]
		rows[f.Version()] = migrationStatus{f.Version(), pending, f.Name()}
	}
	for _, a := range have {
		when := "applied"
		if !a.At.IsZero() {
			when = a.At.Format(time.DateTime)
		}
		if a.Version == 0 { // another tool's
			unknown = append(unknown, migrationStatus{0, when, a.Recorded + noFile})
			continue
		}
		name := fmt.Sprint(a.Version) + noFile
		if r, ok := rows[a.Version]; ok {
			name = r.name
		}
		rows[a.Version] = migrationStatus{a.Version, when, name}
	}
	list := slices.SortedFunc(maps.Values(rows), func(a, b migrationStatus) int { return cmp.Compare(a.version, b.version) })
	return append(list, unknown...)
}

const noFile = " (no file)"

func migrateVersionCommand(p *migrateProject) *cobra.Command {
	c := &cobra.Command{
		Use:     "version",
		Short:   "Print the database's version",
		Long:    "Version prints the highest version that was applied, 0 where there is none. It\nchanges nothing.",
		Example: "  drey migrate version --db links.db",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			t, err := p.target()
			if err != nil {
				return err
			}
			files, err := p.versioned()
			if err != nil {
				return err
			}
			have, err := applied(c.Context(), t, files)
			if err != nil {
				return err
			}
			version := fmt.Sprint(migrate.Current(have))
			if n := len(have); n > 0 && have[n-1].Recorded != "" {
				version = have[n-1].Recorded
			}
			fmt.Fprintln(c.OutOrStdout(), version)
			return nil
		},
	}
	p.databaseFlag(c)
	return c
}
