package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dreysql/drey/internal/migrate"
	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/project/config"
	"github.com/dreysql/drey/internal/studio"
)

// studioOptions are the flags of drey studio.
type studioOptions struct {
	migrateProject
	port            int
	write, open, d1 bool
	hide            string
	limit           time.Duration
}

func studioCommand() *cobra.Command {
	o := &studioOptions{}
	c := &cobra.Command{
		Use:   "studio [FILE] [--write] [--open] [--port N] [--hide PATTERN] [--dir DIR]",
		Short: "Look at a database in the browser",
		Long: `Studio serves a page over a database, on loopback alone: tables and views with
filters and orders, rows with what they refer to and what refers to them, the schema
drawn. In a project also the queries of sql/, with their parameters, plans and
times, and what is migrated. The address that it prints has a token; whoever has
it has access. An interrupt ends it.

FILE is a database, of a project or not; or the nodes of a cluster of rqlite, as in
http://host:4001,http://host:4003, which is only read. Without it, it is that of GOOSE_DBSTRING in
the environment or in .env, or else the local D1 below .wrangler/state.

Nothing can be written unless --write says so. Then rows can be added, changed and
deleted, one at a time, and that can be undone.

The values of columns whose names match --hide are not shown, nor can they be
filtered, ordered or searched by. A statement that takes longer than --limit is
stopped.`,
		Example: `  drey studio                     the project's database
  drey studio shop.db             a file
  drey studio shop.db --write     rows can be changed
  drey studio http://host:4001    a cluster of rqlite
  drey studio --d1 --open         wrangler's local D1, in the browser at once
  drey studio --hide 'ssn|token'  do not show these`,
		SuggestFor: []string{"ui", "browse", "admin", "view"},
		Args:       cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				o.db = args[0]
			}
			return o.run(c.Context(), c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	c.Flags().IntVar(&o.port, "port", 0, "the port on 127.0.0.1 (default: a free one)")
	c.Flags().BoolVar(&o.write, "write", false, "let rows be changed, and queries that write run")
	c.Flags().BoolVar(&o.open, "open", false, "open the browser")
	c.Flags().BoolVar(&o.d1, "d1", false, "the local D1 below .wrangler/state")
	c.Flags().StringVar(&o.hide, "hide", studio.DefaultHide, "a pattern of the columns that are not shown, '' for none")
	c.Flags().DurationVar(&o.limit, "limit", 5*time.Second, "how long a statement may take")
	c.Flags().StringVar(&o.dir, "dir", ".", "the folder with sqlc.yaml and .env")
	c.Flags().StringVar(&o.migrations, "migrations", "", "the folder with the migrations (default: the schema of sqlc.yaml)")
	return c
}

func (o *studioOptions) run(ctx context.Context, stdout, stderr io.Writer) error {
	options := studio.Options{Limit: o.limit}
	if o.hide != "" {
		hide, err := regexp.Compile("(?i)" + o.hide)
		if err != nil {
			return usageError{fmt.Errorf("--hide: %w", err)}
		}
		options.Hide = hide
	}
	if o.limit <= 0 {
		return usageError{errors.New("--limit is not a time above 0")}
	}
	t, err := o.database()
	if err != nil {
		return err
	}
	options.Project = o.known()
	db, err := o.openDatabase(ctx, t)
	if err != nil {
		return err
	}
	l, err := studio.Listen(o.port)
	if err != nil {
		return errors.Join(err, db.Close())
	}
	s := studio.New(db, l.Addr().String(), options)
	defer s.Close()
	fmt.Fprintf(stdout, "%s at\n%s\n", t, s.Address())
	if o.open {
		page, err := pageTo(s.Address())
		if err == nil {
			defer os.Remove(page)
			err = openBrowser(page)
		}
		if err != nil {
			fmt.Fprintf(stderr, "drey: no browser could be opened: %v\n", err)
		}
	}
	return s.Serve(ctx, l)
}

// openDatabase opens the file or the cluster.
func (o *studioOptions) openDatabase(ctx context.Context, t migrate.Target) (*studio.Database, error) {
	if !t.Cluster() {
		return studio.OpenFile(ctx, t.Path, o.write)
	}
	if o.write {
		return nil, usageError{errors.New("--write is for files: a cluster of rqlite does not have transactions to try a change in")}
	}
	c, err := t.Dial(ctx)
	if err != nil {
		return nil, err
	}
	return studio.OpenCluster(t.String(), c.Client()), nil
}

// database is the file or the cluster to look at. What is found is what o.db names then.
func (o *studioOptions) database() (migrate.Target, error) {
	if o.db != "" && o.d1 {
		return migrate.Target{}, usageError{errors.New("--d1 finds the file by itself")}
	}
	if !o.d1 {
		t, err := o.target()
		if err == nil {
			return t, nil
		}
		env, envErr := migrate.ReadEnvironment(o.dir)
		if o.db != "" || envErr != nil || env.Get("GOOSE_DBSTRING") != "" {
			return t, err
		}
	}
	path, err := localD1(o.dir)
	if err != nil {
		return migrate.Target{}, err
	}
	o.db = path
	return migrate.ParseTarget(path)
}

// known is what sqlc.yaml says, nil without one. What is wrong with it the pages say.
func (o *studioOptions) known() *studio.Project {
	_, err := project.Open(o.dir)
	none := errors.Is(err, config.ErrNone)
	if none && o.migrations == "" {
		return nil
	}
	return &studio.Project{Dir: o.dir, Queries: !none, Migrations: func(ctx context.Context) (*studio.Migrations, error) {
		p := &migrateProject{dir: o.dir, db: o.db, migrations: o.migrations} // anew: the files may have changed
		return p.compared(ctx)
	}}
}

// compared says what is migrated, and how the schema differs from that.
func (p *migrateProject) compared(ctx context.Context) (*studio.Migrations, error) {
	files, have, err := p.state(ctx)
	if err != nil {
		return nil, err
	}
	m := &studio.Migrations{}
	for _, s := range statusOf(files, have) {
		one := studio.Migration{Name: strings.TrimSuffix(s.name, noFile), Applied: s.when, Unknown: strings.HasSuffix(s.name, noFile)}
		if s.when == pending {
			one.Applied = ""
		}
		m.List = append(m.List, one)
	}
	t, err := p.target()
	if err != nil || len(files) == 0 {
		return m, err
	}
	if t.Cluster() { // to compare it, it is copied
		m.Wrong = "Whether the cluster's schema is that of the migrations, drey migrate drift tells."
		return m, nil
	}
	applied, version, err := hasOf(ctx, t, files)
	if err != nil {
		m.Wrong = err.Error()
		return m, nil
	}
	m.Version = version
	_, m.Drift, m.Mend, err = compared(ctx, t, applied)
	return m, err
}

// localD1 is the file of wrangler's local D1.
func localD1(dir string) (string, error) {
	const where = ".wrangler/state/v3/d1/miniflare-D1DatabaseObject"
	list, err := filepath.Glob(filepath.Join(escapeGlob(dir), filepath.FromSlash(where), "*.sqlite"))
	if err != nil {
		return "", err
	}
	list = slices.DeleteFunc(list, func(path string) bool { return filepath.Base(path) == "metadata.sqlite" })
	switch len(list) {
	case 0:
		return "", usageError{fmt.Errorf("no database is named: give a file, or set GOOSE_DBSTRING in the environment or in .env; there is no local D1 below %s either", filepath.Join(dir, ".wrangler"))}
	case 1:
		return list[0], nil
	}
	return "", usageError{fmt.Errorf("there are several local D1 databases: give one of\n\t%s", strings.Join(list, "\n\t"))}
}

// escapeGlob makes a pattern of a path.
func escapeGlob(path string) string {
	return strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// pageTo writes a page that leads to an address, for the user alone: others can read what a
// command is started with, and the address has the token.
func pageTo(address string) (path string, err error) {
	f, err := os.CreateTemp("", "drey-studio-*.html") // 0600
	if err != nil {
		return "", err
	}
	_, err = fmt.Fprintf(f, "<!doctype html><meta http-equiv=\"refresh\" content=\"0;url=%s\">\n", address)
	return f.Name(), errors.Join(err, f.Close())
}

// openBrowser opens a file as the desktop does.
func openBrowser(path string) error {
	switch runtime.GOOS {
	case "darwin":
		return exec.Command("open", path).Start()
	case "windows":
		return exec.Command("rundll32", "url.dll,FileProtocolHandler", path).Start()
	}
	return exec.Command("xdg-open", path).Start()
}
