package lint

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/dreysql/drey/internal/lint/project"
	"github.com/dreysql/drey/internal/lint/report"
)

// Rules are all analyzers, those of the package project last.
func Rules() []report.Rule {
	var rules []report.Rule
	for _, a := range suite {
		rules = append(rules, report.Rule{Name: a.Name, Doc: a.Doc})
	}
	for _, c := range project.Checks {
		rules = append(rules, report.Rule{Name: c.Name, Doc: c.Doc})
	}
	return rules
}

// Packages runs the analyzers by go vet, with this program as its vettool: the go
// command then analyzes packages side by side and keeps the results of those that
// have not changed, dependencies included. The files of the reports are absolute.
//
// looked says of a file whether the run would have reported it: one in a folder of
// these packages, one that is no Go, or one that is gone. The go command takes as
// long to list the folders as to find that nothing has changed, so it is asked only
// if ask says that looked will be called, or if there are reports.
func Packages(ctx context.Context, dir string, patterns []string, ask bool) (reports []report.Report, looked func(file string) bool, err error) {
	// Not os.Executable, which follows links: the name may tell what to be.
	self, err := exec.LookPath(os.Args[0])
	if err == nil {
		self, err = filepath.Abs(self)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("find the program itself for go vet: %w", err)
	}
	folders := sync.OnceValues(func() ([]byte, error) {
		return goCommand(ctx, dir, append([]string{"list", "-f", "{{.Dir}}"}, patterns...))
	})
	if ask {
		go func() { _, _ = folders() }() // beside go vet
	}
	out, err := goCommand(ctx, dir, append([]string{"vet", "-vettool=" + self, "-json"}, patterns...))
	if err != nil {
		return nil, nil, err
	}
	all, err := decode(bytes.NewReader(out))
	if err != nil || !ask && len(all) == 0 {
		return nil, func(string) bool { return true }, err
	}
	list, err := folders()
	looked = within(strings.Split(strings.TrimSpace(string(list)), "\n"))
	for _, r := range all {
		if looked(r.File) { // go vet has reports of dependencies, too
			reports = append(reports, r)
		}
	}
	return reports, looked, err
}

func within(folders []string) func(file string) bool {
	return func(file string) bool {
		if filepath.Ext(file) != ".go" || slices.Contains(folders, filepath.Dir(file)) {
			return true
		}
		_, err := os.Stat(file)
		return err != nil
	}
}

func goCommand(ctx context.Context, dir string, args []string) ([]byte, error) {
	c := exec.CommandContext(ctx, "go", args...)
	c.Dir = dir
	c.Env = append(os.Environ(), "PWD="+dir)
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	if err := c.Run(); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return nil, fmt.Errorf("run the go command: %w", err)
		}
		said := strings.TrimSpace(stderr.String())
		if said == "" {
			said = err.Error()
		}
		return nil, fmt.Errorf("go %s cannot analyze the packages:\n%w", args[0], errors.New(said))
	}
	return stdout.Bytes(), nil
}

// decode reads what go vet -json writes: for each package an object with its ID,
// in that the name of each analyzer, and in that a list, or one error.
func decode(r io.Reader) ([]report.Report, error) {
	type diagnostic struct {
		Posn    string `json:"posn"`
		End     string `json:"end"`
		Message string `json:"message"`
		Fixes   []struct {
			Edits []report.Edit `json:"edits"`
		} `json:"suggested_fixes"`
	}
	var reports []report.Report
	d := json.NewDecoder(r)
	for {
		var packages map[string]map[string]json.RawMessage
		if err := d.Decode(&packages); err == io.EOF {
			return report.Sort(reports), nil
		} else if err != nil {
			return nil, fmt.Errorf("read what go vet writes: %w", err)
		}
		for pkg, analyzers := range packages {
			for name, raw := range analyzers {
				var list []diagnostic
				if err := json.Unmarshal(raw, &list); err != nil {
					return nil, fmt.Errorf("%s of %s: %s", name, pkg, raw)
				}
				for _, one := range list {
					file, line, column := place(one.Posn)
					r := report.Report{Analyzer: name, File: file, Line: line, Column: column, Message: one.Message}
					if f, l, c := place(one.End); f == file {
						r.EndLine, r.EndColumn = l, c
					}
					if len(one.Fixes) > 0 { // the first is the one that is certain
						r.Fix = one.Fixes[0].Edits
					}
					reports = append(reports, r)
				}
			}
		}
	}
}

// place takes apart file:line:column. The file of a Windows path has a colon, too.
func place(posn string) (file string, line, column int) {
	rest, last, _ := cutLast(posn)
	file, middle, _ := cutLast(rest)
	line, _ = strconv.Atoi(middle)
	column, _ = strconv.Atoi(last)
	return file, max(line, 1), max(column, 1)
}

func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}
