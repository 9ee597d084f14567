// Package export writes migrations for Cloudflare D1: files that
// wrangler d1 migrations apply takes, see
// https://developers.cloudflare.com/d1/reference/migrations/.
//
// wrangler runs a goose migration whole, Up and then Down, and reports success,
// so each file has only the Up section. If D1 refuses something, that is an
// error here, with the place in the migration.
package export

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/migrate/engine"
	"github.com/dreysql/drey/internal/project/migration"
)

// Export writes each migration that the folder lacks, and returns the names of
// the files. It never rewrites a file that is there: if the migration has
// changed since, that is an error. It is also an error if D1 refuses something
// in a new migration. After an error nothing is written.
//
// If from is not 0, the database begins with the schema of that version: the
// file of that migration has it, and there are no files for those before.
func Export(ctx context.Context, files []migration.File, folder string, from int64) (written []string, err error) {
	var problems diag.Problems
	contents := map[string][]byte{}
	var first []byte
	if from != 0 {
		at := slices.IndexFunc(files, func(f migration.File) bool { return f.Version() == from })
		if at < 0 {
			return nil, fmt.Errorf("there is no migration with version %d", from)
		}
		schema, err := engine.Beginning(ctx, files[:at+1], engine.D1)
		if err != nil {
			return nil, err
		}
		first = fmt.Appendf(nil, "-- Exported by drey: the schema that the migrations up to %s lead to.\n", files[at].Name())
		for _, statement := range schema {
			first = fmt.Appendf(first, "%s;\n", statement)
		}
		files = files[at:]
	}
	for i := range files {
		f := &files[i]
		if i > 0 && f.Name() <= files[i-1].Name() {
			problems = append(problems, &diag.Problem{File: f.Path,
				Msg: fmt.Sprintf("wrangler runs files in the order of their names, and by that %s does not come after %s", f.Name(), files[i-1].Name()),
				Fix: "rename them so that it does, as in 00001_tables.sql; where D1 has run one, its row of d1_migrations as well"})
			continue
		}
		name := filepath.Join(folder, f.Name())
		content := render(f)
		begins := i == 0 && first != nil
		if begins {
			content = first
		}
		there, err := os.ReadFile(name)
		switch {
		case err == nil && bytes.Equal(there, content):
			continue
		case err == nil:
			problems = append(problems, &diag.Problem{File: f.Path,
				Msg: fmt.Sprintf("%s was exported from another text: D1 may have run it, so it stays as it is", filepath.ToSlash(name)),
				Fix: "restore the migration, and write a new one with the change"})
			continue
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
		if !begins {
			problems = append(problems, engine.Refused(f.Path, f.Up(), engine.D1)...)
		}
		contents[name] = content
		written = append(written, name)
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	for _, name := range written {
		if err := write(name, contents[name]); err != nil {
			return nil, err
		}
	}
	return written, nil
}

// write makes a file that is there whole or not at all.
func write(name string, content []byte) error {
	part := name + ".part"
	if err := os.WriteFile(part, content, 0o644); err != nil {
		return err
	}
	return os.Rename(part, name)
}

// render is the Up section. wrangler cuts it into statements as SQLite does.
func render(f *migration.File) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "-- Exported by drey from %s.\n", f.Name())
	for _, s := range f.Up() {
		b.WriteString(s.SQL)
		b.WriteByte('\n')
	}
	return b.Bytes()
}
