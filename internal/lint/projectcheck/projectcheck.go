// Package projectcheck has the checks of drey's policy that are about a project and
// not about one Go package. Only "drey lint" runs them: under go vet an analyzer
// runs for one package at a time, in a process of its own, and its result is cached
// as long as the Go files stay the same.
//
// # schema
//
// Reports migrations that cannot be read or applied. The analyzers that look at SQL
// are silent then. To fix it, correct the migration.
//
// # handedit
//
// Reports generated files that differ from what generation gives, at the first line
// that differs, and files that are missing or that nothing generates any more. Where
// nothing has been generated into a folder yet, it says that once. It runs the whole of "drey generate" without writing. A run without reports is
// remembered by the hash of everything it has read. It does not report the order of
// what is on disk, nor files that are not marked as generated code. If generation
// fails, it reports why instead. To fix it, put the change into the migrations, the
// queries or sqlc.yaml, and run drey generate.
//
// # stalemigration
//
// Reports migrations that differ from their checksum in drey.sum, migrations
// without a checksum, and checksums without their migration. Two branches that each
// add a migration both add a last line to drey.sum, so git does not merge them in
// silence. Without a drey.sum it does not report anything: see drey migrate check
// --record. To fix it, restore the migration and write a new one.
package projectcheck

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/generate"
	"github.com/dreysql/drey/internal/lint/report"
	"github.com/dreysql/drey/internal/migrate/check"
	"github.com/dreysql/drey/internal/output"
	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/project/config"
)

// Check is one of the checks. The files of its reports are relative to the project's
// root. If a check that is First reports anything, the others cannot be run.
type Check struct {
	Name, Doc string
	First     bool
	Run       func(ctx context.Context, p *project.Project) ([]report.Report, error)
}

// Checks are all checks.
var Checks = []Check{
	{"schema", "find what keeps the schema from being known, and SQL from being checked", true, schemas},
	{"handedit", "find generated files that differ from what generation gives", false, handEdit},
	{"stalemigration", "find migrations that have changed since their release", false, staleMigration},
}

func schemas(_ context.Context, p *project.Project) ([]report.Report, error) {
	if p.Config.OtherDatabases { // so nothing is checked
		return nil, nil
	}
	var reports []report.Report
	for _, s := range p.Schemas() {
		if _, err := s.Statements(); err != nil {
			found, err := refusals("schema", "no SQL is checked, as the schema is not known: ", p.Config, err)
			if err != nil {
				return nil, err
			}
			reports = append(reports, found...)
		}
	}
	return reports, nil
}

func handEdit(ctx context.Context, p *project.Project) ([]report.Report, error) {
	clean, err := cleanMark(p)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(clean); clean != "" && err == nil {
		return nil, nil
	}
	result, err := generate.Run(ctx, generate.Options{Project: p})
	if err != nil {
		return refusals("handedit", "drey generate fails, so the generated files cannot be compared: ", p.Config, err)
	}
	var reports []report.Report
	fresh := result.Fresh()
	if len(fresh) > 0 {
		top := slices.DeleteFunc(slices.Clone(fresh), func(folder string) bool {
			return slices.ContainsFunc(fresh, func(above string) bool { return strings.HasPrefix(folder, above+"/") })
		})
		reports = append(reports, report.Report{Analyzer: "handedit", File: p.Config.File, Line: 1, Column: 1,
			Message: "nothing has been generated into " + strings.Join(top, ", ") + " yet; run drey generate"})
	}
	for _, c := range result.Changes {
		if !slices.Contains(fresh, path.Dir(c.Path)) {
			reports = append(reports, edited(c))
		}
	}
	if len(reports) == 0 && clean != "" {
		// Without the mark the next run only generates again.
		_ = os.MkdirAll(filepath.Dir(clean), 0o755)
		_ = os.WriteFile(clean, nil, 0o644)
	}
	return reports, nil
}

// refusals reports what is wrong with a project, each at its place, so that the
// other reports of lint are still shown. An error without a place is returned as an
// error.
func refusals(analyzer, intro string, cfg *config.Config, err error) ([]report.Report, error) {
	var problems diag.Problems
	var one *diag.Problem
	switch {
	case errors.As(err, &problems):
	case errors.As(err, &one):
		problems = diag.Problems{one}
	default:
		return nil, err
	}
	reports := make([]report.Report, len(problems))
	for i, p := range problems {
		r := report.Report{Analyzer: analyzer, File: cmp.Or(p.File, cfg.File), Line: max(p.Line, 1), Column: max(p.Col, 1), Message: intro + p.Msg}
		if p.Query != "" {
			r.Message = intro + "query " + p.Query + ": " + p.Msg
		}
		if p.Fix != "" {
			r.Message += "; " + strings.ReplaceAll(p.Fix, "\n", "; ")
		}
		reports[i] = r
	}
	return reports, nil
}

// edited reports a file that is not as it should be.
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

// firstDifference returns the first line of a that differs from b's.
func firstDifference(a, b []byte) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return 1 + bytes.Count(a[:n], []byte("\n"))
}

// inputs are the kinds of file that generation reads or compares with.
var inputs = []string{".go", ".sql", ".yaml", ".yml", ".json", ".mod", ".sum"}

// cleanMark names the file that exists if generation with this program, these
// sources and these generated files gave what is on disk. It is "" if there is not
// a folder to keep it in.
func cleanMark(p *project.Project) (string, error) {
	cache := project.CacheDir()
	if cache == "" {
		return "", nil
	}
	folders := p.Folders()
	for _, b := range p.Config.Blocks {
		folders = append(folders, filepath.Join(p.Dir, filepath.FromSlash(b.Out)))
		for _, q := range b.Queries {
			folders = append(folders, filepath.Join(p.Dir, filepath.FromSlash(q)))
		}
	}
	slices.Sort(folders)
	h := sha256.New()
	if err := project.HashProgram(h); err != nil {
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
			if err := project.HashFile(h, name); err != nil {
				return "", err
			}
		}
	}
	return filepath.Join(cache, "generated", fmt.Sprintf("%x", h.Sum(nil)[:16])), nil
}

func staleMigration(_ context.Context, p *project.Project) ([]report.Report, error) {
	var reports []report.Report
	for _, s := range p.Schemas() {
		files, err := s.Files()
		if err != nil {
			return refusals("stalemigration", "", p.Config, err)
		}
		sums, err := check.ReadSums(p.Dir, path.Dir(files[0].Path))
		if err != nil {
			return refusals("stalemigration", "", p.Config, err)
		}
		for _, f := range sums.Check(files) {
			r := report.Report{Analyzer: "stalemigration", File: f.File, Line: max(f.Line, 1), Column: 1, Message: f.Msg}
			if !slices.ContainsFunc(reports, func(o report.Report) bool { return o.File == r.File && o.Message == r.Message }) {
				reports = append(reports, r)
			}
		}
	}
	return reports, nil
}
