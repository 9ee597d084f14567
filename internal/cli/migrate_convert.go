package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dreysql/drey/internal/migrate"
	"github.com/dreysql/drey/internal/migrate/check"
	"github.com/dreysql/drey/internal/output"
	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/project/config"
	"github.com/dreysql/drey/internal/project/migration"
)

func migrateConvertCommand(p *migrateProject) *cobra.Command {
	var write bool
	var databases []string
	var to string
	c := &cobra.Command{
		Use:   "convert",
		Short: "Make goose migrations of those of another tool",
		Long: `Convert makes goose migrations of those of golang-migrate, dbmate, sql-migrate or
Atlas, or of plain SQL files: in the same folder, with the same versions, statements
and comments. It prints a plan. With --write it makes the changes: all, or none. The
other tool's files go. Where git does not have them as they are, they are copied into
a folder beside it first. The first line of each migration says where it comes from.

A database that exists is told of with --db, before or after its migrations are
converted. Its schema is compared with what the other tool's table says that it has.
With --write goose's table is filled with these versions, in one transaction. The
other tool's table stays as it is, and is not used any more. A database that has
failed halfway, or has another schema, is an error, and nothing is written.

Until that is done, drey migrate up and Migrate refuse a database that has another
tool's table: they would begin with the first migration.`,
		Example: "  drey migrate convert\n  drey migrate convert --write\n  drey migrate convert --db links.db --write",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := p.find()
			if err != nil {
				return err
			}
			v, err := newConversion(s, to)
			if err == nil && p.project != nil && p.migrations == "" {
				err = v.configure(filepath.Join(p.project.Dir, p.project.Config.File), p.project.Config.File)
			}
			if err != nil {
				return err
			}
			for _, name := range databases {
				if err := v.addDatabase(c.Context(), c.OutOrStdout(), p, name); err != nil {
					return err
				}
			}
			if err := v.print(c.OutOrStdout(), write); err != nil || !write {
				return err
			}
			return v.write(c.Context(), c.OutOrStdout())
		},
	}
	c.Flags().BoolVar(&write, "write", false, "make the changes")
	c.Flags().StringArrayVar(&databases, "db", nil, "a database whose version table is filled; may be given several times")
	c.Flags().StringVar(&to, "to", "", "the folder of the goose migrations (default: that of the files; for single files migrations)")
	return c
}

// conversion is the plan of one.
type conversion struct {
	schema    *project.Schema
	files     []migration.File // of the other tool, or what was made of them
	from      *migration.Format
	done      bool // the files are goose's already
	folder    string
	named     bool // sqlc.yaml names the folder
	list      []migration.Converted
	changes   []output.Change
	config    string // the configuration, if it changes
	kept      string // where the files that go are copied to, "" where git has them
	databases []adoption
}

// adoption is a database and the migrations that it has.
type adoption struct {
	target migrate.Target
	have   []migration.File
}

var errOwn = errors.New("these are goose migrations: drey and goose run them as they are")

func newConversion(s *project.Schema, to string) (*conversion, error) {
	files, err := s.Files()
	if err != nil {
		return nil, err
	}
	v := &conversion{schema: s}
	for i := range files {
		if from := files[i].From; from != nil {
			if v.from != nil && v.from != from {
				return nil, fmt.Errorf("%s was made of one of %s, and others of %s", files[i].Path, from, v.from)
			}
			v.from = from
			v.files = append(v.files, files[i])
		}
	}
	if v.from == nil {
		return nil, errOwn
	}
	if v.done = !files[0].Format.Foreign(); v.done {
		return v, nil
	}
	v.named = len(s.Paths) == 1 && filepath.Ext(s.Paths[0]) != ".sql" && !strings.ContainsAny(s.Paths[0], "*?[]")
	if v.folder = to; to == "" && !v.named {
		v.folder = "migrations"
	}
	v.named = v.named && v.folder == ""
	v.list = migration.Convert(files, v.folder)
	return v, v.plan()
}

// plan finds what has to change on disk, and reads what will be there as goose does.
func (v *conversion) plan() error {
	gone := map[string]bool{}
	for _, m := range v.list {
		for _, name := range m.Gone {
			gone[name] = true
		}
	}
	for _, folder := range v.folders() {
		for _, name := range []string{"atlas.sum", check.SumsFile} { // of the files that go
			if _, err := os.Stat(v.abs(path.Join(folder, name))); err == nil {
				gone[path.Join(folder, name)] = true
			}
		}
	}
	made := map[string][]byte{}
	for _, m := range v.list {
		if _, err := os.Stat(v.abs(m.Path)); err == nil && !gone[m.Path] || made[m.Path] != nil {
			return fmt.Errorf("%s is there already: rename it, or give another folder with --to", m.Path)
		}
		made[m.Path] = m.Content
	}
	var names []string
	for name := range gone {
		names = append(names, name)
	}
	slices.Sort(names)
	if !project.Committed(v.schema.Root, names) {
		v.kept = path.Clean(path.Dir(v.files[0].Path)) + "." + strings.ToLower(strings.ReplaceAll(v.from.Name, " ", "-"))
		if strings.HasPrefix(v.kept, "..") {
			v.kept = "migrations" + v.kept[1:]
		}
		if _, err := os.Stat(v.abs(v.kept)); err == nil {
			return fmt.Errorf("%s is there already, where the files that go are copied to: commit them, or rename that folder", v.kept)
		}
	}
	for _, name := range names {
		old, err := os.ReadFile(v.abs(name))
		if err != nil {
			return err
		}
		v.changes = append(v.changes, output.Change{Path: name, Old: old, New: made[name]})
		delete(made, name)
		if v.kept != "" {
			copied := path.Base(name)
			if len(v.folders()) > 1 {
				copied = name
			}
			v.changes = append(v.changes, output.Change{Path: path.Join(v.kept, copied), New: old})
		}
	}
	for name, content := range made {
		v.changes = append(v.changes, output.Change{Path: name, New: content})
	}
	slices.SortFunc(v.changes, func(a, b output.Change) int { return strings.Compare(a.Path, b.Path) })
	return v.read()
}

// configure has the configuration name the folder, where that is one word to change.
func (v *conversion) configure(file, name string) error {
	if v.done || v.named || len(v.schema.Paths) != 1 {
		return nil
	}
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if text, ok := config.Rename(old, v.schema.Paths[0], v.folder); ok {
		v.changes = append(v.changes, output.Change{Path: name, Old: old, New: text})
		v.config = name
	}
	return nil
}

// read reads the goose migrations as they will be.
func (v *conversion) read() error {
	dir, err := os.MkdirTemp("", "drey-convert")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for _, m := range v.list {
		if err := os.WriteFile(filepath.Join(dir, path.Base(m.Path)), m.Content, 0o600); err != nil {
			return err
		}
	}
	_, err = migration.Load(dir, []string{"."})
	return err
}

func (v *conversion) abs(name string) string {
	return filepath.Join(v.schema.Root, filepath.FromSlash(name))
}

// folders are those that the files are in.
func (v *conversion) folders() []string {
	var list []string
	for i := range v.files {
		list = append(list, path.Dir(v.files[i].Path))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// addDatabase finds what a database has, and compares its schema with that.
func (v *conversion) addDatabase(ctx context.Context, w io.Writer, p *migrateProject, name string) error {
	t, err := p.databaseArgument(name)
	if err == nil && t.Cluster() {
		err = onFile(t, "migrate convert")
	}
	if err != nil {
		return err
	}
	db, err := t.Read(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	list, err := migrate.ReadTool(ctx, db, v.files)
	if err != nil {
		return fmt.Errorf("%s: %w", t, err)
	}
	have := v.files
	if list != nil {
		if have, err = filesOf(list, v.files, t); err != nil {
			return err
		}
	}
	version := "the empty database"
	if n := len(have); n > 0 {
		version = have[n-1].Name()
	}
	if _, err := differs(ctx, w, t, have, version); err != nil {
		return err
	}
	v.databases = append(v.databases, adoption{t, have})
	return nil
}

func (v *conversion) print(w io.Writer, write bool) error {
	if v.done && len(v.databases) == 0 {
		_, err := fmt.Fprintf(w, "the migrations of %s are goose's already; --db fills goose's table of a database\n", v.from)
		return err
	}
	if !v.done {
		fmt.Fprintf(w, "%s of %s:\n", count(len(v.list), "migration"), v.from)
		for _, m := range v.list {
			fmt.Fprintf(w, "  %s  from %s\n", m.Path, strings.Join(m.Gone, " and "))
		}
		if v.kept == "" {
			fmt.Fprintln(w, "git has the files that go")
		} else {
			fmt.Fprintf(w, "the files that go are copied to %s\n", v.kept)
		}
		switch {
		case v.config != "":
			fmt.Fprintf(w, "%s gets schema: %s\n", v.config, v.folder)
		case !v.named:
			fmt.Fprintf(w, "then write in sqlc.yaml: schema: %s\n", v.folder)
		}
	}
	for _, d := range v.databases {
		fmt.Fprintf(w, "%s has the schema of %s, of %d\n", d.target, count(len(d.have), "migration"), len(v.files))
	}
	if !write {
		fmt.Fprintln(w, "nothing is changed yet: --write does it")
	}
	return nil
}

func (v *conversion) write(ctx context.Context, w io.Writer) error {
	if err := (&output.Tree{Root: v.schema.Root}).Write(ctx, v.changes); err != nil {
		return err
	}
	for _, d := range v.databases {
		added, err := d.target.Adopt(ctx, v.files, d.have)
		if err != nil {
			return err
		}
		if added {
			fmt.Fprintf(w, "%s: %s filled\n", d.target, migration.VersionTable)
		} else {
			fmt.Fprintf(w, "%s: %s has these versions already\n", d.target, migration.VersionTable)
		}
	}
	return nil
}
