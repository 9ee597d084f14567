package check

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project/migration"
)

// SumsFile is the base name of the file of checksums, beside the migrations.
const SumsFile = "drey.sum"

// Sums are the SHA-256 sums of migrations, in the format of sha256sum. They tell
// when a migration is edited that a database may have already.
type Sums struct {
	root, file string // file is relative to root, slash-separated
	list       []sum
}

type sum struct {
	hash, name string
	line       int
}

// ReadSums reads the sums in a folder of migrations. If the file does not exist,
// the sums are empty, and nothing is compared with them.
func ReadSums(root, folder string) (*Sums, error) {
	s := &Sums{root: root, file: path.Join(folder, SumsFile)}
	content, err := os.ReadFile(s.path())
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the checksums: %w", err)
	}
	number := 0
	for line := range strings.Lines(string(content)) {
		number++
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		hash, name, ok := strings.Cut(line, "  ")
		if _, err := hex.DecodeString(hash); !ok || err != nil || len(hash) != 2*sha256.Size {
			return nil, &diag.Problem{File: s.file, Line: number, Msg: "this is no line of sha256sum",
				Fix: "restore the file, or delete it and run drey migrate check --record; where two branches met, keep the lines of both"}
		}
		s.list = append(s.list, sum{hash, name, number})
	}
	return s, nil
}

func (s *Sums) path() string { return filepath.Join(s.root, filepath.FromSlash(s.file)) }

func hashOf(f migration.Text) string {
	h := sha256.Sum256(f.Content)
	return hex.EncodeToString(h[:])
}

func (s *Sums) find(name string) *sum {
	for i := range s.list {
		if s.list[i].name == name {
			return &s.list[i]
		}
	}
	return nil
}

// Check compares the migrations with their sums, and does nothing else.
// Without sums it finds nothing.
func (s *Sums) Check(files []migration.File) []*Finding {
	c := &checker{}
	s.check(c, files)
	return c.findings
}

// check compares the migrations with their sums.
func (s *Sums) check(c *checker, files []migration.File) {
	if len(s.list) == 0 {
		return
	}
	there := map[string]bool{}
	for i := range files {
		f := &files[i]
		for j, text := range f.Texts() {
			there[text.Name] = true
			add := c.add
			if j > 0 {
				add = c.addDown
			}
			switch known := s.find(text.Name); {
			case known == nil:
				add("unrecorded", f, 0, "run drey migrate check --record when it is finished", "the migration is not in %s", s.file)
			case known.hash != hashOf(text):
				add("changed", f, 0, "restore it, and write a new migration with the change; if no database has it, delete its line in "+s.file+"\nand run drey migrate check --record",
					"the migration has changed since it was recorded: a database that has it keeps the old schema")
			}
		}
	}
	rule, _ := ruleOf("changed")
	for _, known := range s.list {
		if !there[known.name] {
			c.findings = append(c.findings, &Finding{rule, diag.Problem{File: s.file, Line: known.line,
				Msg: known.name + " was recorded and is gone: a database that has it cannot go back",
				Fix: "restore it; if no database has it, delete the line"}})
		}
	}
}

// Record adds the migrations that are not there, and returns how many that are.
// Recorded sums stay as they are.
func (s *Sums) Record(files []migration.File) (added int, err error) {
	for i := range files {
		for _, text := range files[i].Texts() {
			if s.find(text.Name) == nil {
				s.list = append(s.list, sum{hash: hashOf(text), name: text.Name})
				added++
			}
		}
	}
	if added == 0 {
		return 0, nil
	}
	slices.SortStableFunc(s.list, func(a, b sum) int { return cmp.Compare(a.name, b.name) })
	var b strings.Builder
	for _, known := range s.list {
		fmt.Fprintf(&b, "%s  %s\n", known.hash, known.name)
	}
	part := s.path() + ".part"
	if err := os.WriteFile(part, []byte(b.String()), 0o644); err != nil {
		return 0, fmt.Errorf("write the checksums: %w", err)
	}
	return added, os.Rename(part, s.path())
}

// Has reports whether a migration is recorded.
func (s *Sums) Has(f *migration.File) bool { return s.find(f.Name()) != nil }
