package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dreysql/drey/internal/drawing"
	"github.com/dreysql/drey/internal/migrate/diff"
	"github.com/dreysql/drey/internal/output"
	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite/alter"
)

// schemaFormats are the formats of drey schema, with the ends of the files that have them.
var schemaFormats = []struct {
	name  string
	ends  []string
	write func(context.Context, []*drawing.Schema) ([]byte, error)
}{
	{"mermaid", []string{".mmd", ".mermaid"}, func(_ context.Context, s []*drawing.Schema) ([]byte, error) { return drawing.Mermaid(s), nil }},
	{"markdown", []string{".md", ".markdown"}, func(_ context.Context, s []*drawing.Schema) ([]byte, error) { return drawing.Markdown(s), nil }},
	{"svg", []string{".svg"}, drawing.SVG},
}

// schemaOptions are the flags of drey schema.
type schemaOptions struct {
	dir, format, out, old, schema string
	check, keys                   bool
}

func schemaCommand() *cobra.Command {
	var o schemaOptions
	c := &cobra.Command{
		Use:   "schema [--format mermaid|markdown|svg] [--diff OLD] [--out FILE [--check]] [--dir DIR]",
		Short: "Show the schema as a diagram or a page",
		Long: `Schema shows the schema that the migrations make, of each block of sqlc.yaml: as a
Mermaid ER diagram, which GitHub draws in a block of Markdown; as a page of Markdown
with the tables, their columns, Go types, constraints, comments and queries; or as a
picture in SVG.

--out writes a file, in the format that its name ends with. A diagram of Mermaid takes
the place of the one in a page of Markdown that has one. --check writes nothing, and
exits with 1 if the file is not what would be written.

--diff marks with + - ~ what has changed since OLD: a version of the migrations, a
folder with migrations, or a revision of git.`,
		Example: `  drey schema                                      print the diagram
  drey schema --out docs/schema.svg                draw it
  drey schema --out docs/schema.svg --check        in CI: is the picture fresh?
  drey schema --format mermaid --out docs/data.md  into the page that has a diagram
  drey schema --format svg --keys                  without the columns that are not in keys
  drey schema --format markdown --diff main        what a pull request changes
  drey schema --format markdown --diff 7           since version 7`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return o.run(c.Context(), c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	c.Flags().StringVar(&o.format, "format", "", "one of mermaid, markdown, svg (default: what --out ends with, or mermaid)")
	c.Flags().StringVar(&o.out, "out", "", "the file to write (default: the output)")
	c.Flags().BoolVar(&o.check, "check", false, "write nothing; exit with 1 and a diff if the file is stale")
	c.Flags().StringVar(&o.old, "diff", "", "a version, a folder of migrations or a revision of git to compare with")
	c.Flags().BoolVar(&o.keys, "keys", false, "leave out columns that are not part of a key, in diagrams of large schemas")
	c.Flags().StringVar(&o.schema, "schema", "", "the one schema of sqlc.yaml to show, where there are several")
	c.Flags().StringVar(&o.dir, "dir", ".", "the folder with sqlc.yaml")
	return c
}

func (o *schemaOptions) run(ctx context.Context, stdout, stderr io.Writer) error {
	if o.check && o.out == "" {
		return usageError{errors.New("--check needs --out, the file to check")}
	}
	write, err := o.writer()
	if err != nil {
		return err
	}
	p, err := project.Open(o.dir)
	if err != nil {
		return err
	}
	defer p.Close()
	schemas, err := o.schemas(p)
	if err != nil {
		return err
	}
	old, remove, err := o.older(ctx, p, schemas)
	if err != nil {
		return err
	}
	defer remove()
	var list []*drawing.Schema
	for i, of := range schemas {
		s, notes, err := drawing.Read(ctx, p, of)
		if err != nil {
			return err
		}
		for _, n := range notes {
			fmt.Fprintf(stderr, "note: %s\n", n)
		}
		if o.old != "" {
			if err := s.Compare(ctx, of, old[i], o.old); err != nil {
				return err
			}
		}
		if o.keys {
			s.KeepKeys()
		}
		list = append(list, s)
	}
	text, err := write(ctx, list)
	if err != nil {
		return err
	}
	if o.format == "mermaid" {
		if why := drawing.TooLarge(text); why != "" {
			fmt.Fprintf(stderr, "note: %s: draw it with --format svg, or leave out columns with --keys\n", why)
		}
	}
	if o.out == "" {
		_, err := stdout.Write(text)
		return err
	}
	return o.file(ctx, text, stdout, stderr)
}

// writer is the format that is asked for.
func (o *schemaOptions) writer() (func(context.Context, []*drawing.Schema) ([]byte, error), error) {
	var names []string
	end := strings.ToLower(filepath.Ext(o.out))
	for _, f := range schemaFormats {
		names = append(names, f.name)
		if o.format == f.name || o.format == "" && slices.Contains(f.ends, end) {
			o.format = f.name
			return f.write, nil
		}
	}
	switch {
	case o.format != "":
		return nil, usageError{fmt.Errorf("there is no format %q: use one of %s", o.format, strings.Join(names, ", "))}
	case o.out != "":
		return nil, usageError{fmt.Errorf("%s does not say in which format: give --format, one of %s", o.out, strings.Join(names, ", "))}
	}
	o.format = schemaFormats[0].name
	return schemaFormats[0].write, nil
}

// schemas are those to show.
func (o *schemaOptions) schemas(p *project.Project) ([]*project.Schema, error) {
	all := p.Schemas()
	if o.schema == "" {
		return all, nil
	}
	var names []string
	for _, s := range all {
		name := strings.Join(s.Paths, ", ")
		if name == o.schema || slices.Contains(s.Paths, filepath.ToSlash(filepath.Clean(o.schema))) {
			return []*project.Schema{s}, nil
		}
		names = append(names, name)
	}
	return nil, usageError{fmt.Errorf("%s has no schema %s: it has %s", p.Config.File, o.schema, strings.Join(names, "; "))}
}

// older is what the schemas are compared with, one for each. The caller calls remove.
func (o *schemaOptions) older(ctx context.Context, p *project.Project, schemas []*project.Schema) (old []*alter.Snapshot, remove func(), err error) {
	remove = func() {}
	if o.old == "" {
		return nil, remove, nil
	}
	one := func(s *alter.Snapshot, err error) ([]*alter.Snapshot, func(), error) {
		return []*alter.Snapshot{s}, remove, err
	}
	version, notANumber := strconv.ParseInt(o.old, 10, 64)
	info, notThere := os.Stat(o.old)
	folder := notThere == nil && info.IsDir()
	if len(schemas) > 1 && (folder || notANumber == nil) {
		return nil, remove, usageError{fmt.Errorf("%s can be compared with one schema, and %s has several: choose with --schema", o.old, p.Config.File)}
	}
	switch {
	case folder:
		return one(drawing.Snapshot(ctx, place(".", o.old)))
	case notANumber == nil:
		files, err := schemas[0].Files()
		if err != nil {
			return nil, remove, err
		}
		if i := slices.IndexFunc(files, func(f migration.File) bool { return f.Version() > version }); i >= 0 {
			files = files[:i]
		}
		if len(files) > 0 && files[len(files)-1].Version() == version || version == 0 {
			return one(diff.Migrated(ctx, files))
		}
	}
	then, remove, err := project.At(ctx, o.dir, o.old)
	if err != nil {
		if remove == nil {
			remove = func() {}
		}
		if notANumber == nil {
			err = fmt.Errorf("%s is not a version of the migrations; %w", o.old, err)
		}
		return nil, remove, err
	}
	for _, s := range schemas {
		was := then.Schemas()
		i := slices.IndexFunc(was, func(other *project.Schema) bool { return slices.Equal(other.Paths, s.Paths) })
		switch {
		case i < 0 && len(was) == 1 && len(schemas) == 1:
			i = 0 // the migrations have moved
		case i < 0:
			old = append(old, &alter.Snapshot{})
			if old[len(old)-1], err = diff.Migrated(ctx, nil); err != nil {
				return nil, remove, err
			}
			continue
		}
		snapshot, err := drawing.Snapshot(ctx, was[i])
		if err != nil {
			return nil, remove, errors.Join(fmt.Errorf("the migrations of %s", o.old), err)
		}
		old = append(old, snapshot)
	}
	closeAll := remove
	return old, func() { then.Close(); closeAll() }, nil
}

// file writes the file, or checks it.
func (o *schemaOptions) file(ctx context.Context, text []byte, stdout, stderr io.Writer) error {
	before, err := os.ReadFile(o.out)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if ext := strings.ToLower(filepath.Ext(o.out)); o.format == "mermaid" && slices.Contains([]string{".md", ".markdown"}, ext) {
		if text, err = drawing.Within(before, text); err != nil {
			return fmt.Errorf("%s: %w", o.out, err)
		}
	}
	if before != nil && string(before) == string(text) {
		return nil
	}
	c := output.Change{Path: filepath.Base(o.out), Old: before, New: text}
	if !o.check {
		tree := &output.Tree{Root: filepath.Dir(o.out)}
		return tree.Write(ctx, []output.Change{c})
	}
	fmt.Fprint(stdout, c.Diff())
	fmt.Fprintf(stderr, "drey: %s is stale: run drey schema without --check\n", o.out)
	return errStale
}
