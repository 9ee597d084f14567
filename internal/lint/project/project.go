// Package project has the checks of drey's policy that are about a project and
// not about one Go package. Only "drey lint" runs them: an analyzer runs for a
// package at a time, in a process of its own under go vet, and its result is kept
// as long as the Go files stay the same.
//
// # handedit
//
// Reports generated files that differ from what generation gives, at the first
// line that differs, and those that are missing or that nothing generates any
// more. It runs the whole of "drey generate" and writes nothing; a run that found
// nothing is remembered by the hash of all it has read. It does not report the
// order of what is on disk, nor files without the mark of generated code. To fix
// it, put the change into the migrations, the queries or sqlc.yaml, and run drey
// generate.
//
// # stalemigration
//
// Reports migrations that differ from their checksum in drey.sum, those without
// one, and checksums without their migration. Two branches that add a migration
// both add a last line to drey.sum, so that git does not merge them in silence.
// Without a drey.sum it reports nothing: see drey migrate check --record. To fix
// it, restore the migration and write a new one.
package project

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/dreysql/drey/internal/config"
	"github.com/dreysql/drey/internal/generate"
	"github.com/dreysql/drey/internal/lint/policy"
	"github.com/dreysql/drey/internal/lint/report"
	"github.com/dreysql/drey/internal/migratecheck"
	"github.com/dreysql/drey/internal/migration"
	"github.com/dreysql/drey/internal/output"
)

// Check is one of them. Its reports' files are relative to the project's root.
type Check struct {
	Name, Doc string
	Run       func(ctx context.Context, root string, cfg *config.Config) ([]report.Report, error)
}

// Checks are all of them.
var Checks = []Check{
	{"handedit", "find generated files that differ from what generation gives", handEdit},
	{"stalemigration", "find migrations that have changed since their release", staleMigration},
}

func handEdit(ctx context.Context, root string, cfg *config.Config) ([]report.Report, error) {
	clean, err := cleanMark(root, cfg)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(clean); clean != "" && err == nil {
		return nil, nil
	}
	result, err := generate.Run(ctx, generate.Options{Dir: root})
	if err != nil {
		return nil, fmt.Errorf("generate, to compare with the generated files: %w", err)
	}
	var reports []report.Report
	for _, c := range result.Changes {
		reports = append(reports, edited(c))
	}
	if len(reports) == 0 && clean != "" {
		// Without the mark the next run generates again, and that is all.
		_ = os.MkdirAll(filepath.Dir(clean), 0o755)
		_ = os.WriteFile(clean, nil, 0o644)
	}
	return reports, nil
}

// edited is the report of a file that is not as it should be.
func edited(c output.Change) report.Report {
	r := report.Report{Analyzer: "handedit", File: c.Path, Line: 1, Column: 1}
	switch {
	case c.Old == nil:
		r.Message = "this generated file is missing; run drey generate"
	case c.New == nil:
		r.Message = "nothing generates this file any more; run drey generate, which removes it"
	default:
		r.Line = firstDifference(c.Old, c.New)
		r.Message = "this differs from what drey generate gives, which will write over it; put the change into the migrations, the queries or sqlc.yaml, and run drey generate"
	}
	return r
}

// firstDifference is the first line of a that b does not have there.
func firstDifference(a, b []byte) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return 1 + bytes.Count(a[:n], []byte("\n"))
}

// inputs are the kinds of file that generation reads or compares with.
var inputs = []string{".go", ".sql", ".yaml", ".yml", ".json", ".mod", ".sum"}

// cleanMark is the file that is there if generation has given, with this program,
// these sources and these generated files, what is on disk; "" without a folder
// to keep it in.
func cleanMark(root string, cfg *config.Config) (string, error) {
	cache := policy.CacheDir()
	if cache == "" {
		return "", nil
	}
	folders := generate.Folders(root)
	for _, b := range cfg.Blocks {
		folders = append(folders, filepath.Join(root, filepath.FromSlash(b.Out)))
		for _, q := range b.Queries {
			folders = append(folders, filepath.Join(root, filepath.FromSlash(q)))
		}
	}
	slices.Sort(folders)
	h := sha256.New()
	if err := policy.HashProgram(h); err != nil {
		return "", err
	}
	for _, folder := range slices.Compact(folders) {
		entries, err := os.ReadDir(folder)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		for _, e := range entries {
			if !e.Type().IsRegular() || !slices.Contains(inputs, filepath.Ext(e.Name())) {
				continue
			}
			name := filepath.Join(folder, e.Name())
			fmt.Fprintf(h, "%q\n", name)
			if err := policy.HashFile(h, name); err != nil {
				return "", err
			}
		}
	}
	return filepath.Join(cache, "generated", fmt.Sprintf("%x", h.Sum(nil)[:16])), nil
}

func staleMigration(_ context.Context, root string, cfg *config.Config) ([]report.Report, error) {
	var reports []report.Report
	seen := map[string]bool{}
	for _, b := range cfg.Blocks {
		files, err := migration.Load(root, b.Schema)
		if err != nil {
			return nil, err
		}
		sums, err := migratecheck.ReadSums(root, path.Dir(files[0].Path))
		if err != nil {
			return nil, err
		}
		for _, f := range sums.Check(files) {
			r := report.Report{Analyzer: "stalemigration", File: f.File, Line: max(f.Line, 1), Column: 1, Message: f.Msg}
			if !seen[r.File+r.Message] {
				reports = append(reports, r)
			}
			seen[r.File+r.Message] = true
		}
	}
	return reports, nil
}
