package migration

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/diag"
)

// duplicates finds versions that exist twice.
func duplicates(files []File) diag.Problems {
	var problems diag.Problems
	byVersion := map[int64]string{}
	for _, f := range files {
		if other, ok := byVersion[f.version]; ok {
			problems = append(problems, &diag.Problem{File: f.Path,
				Msg: fmt.Sprintf("%s has version %d as well", other, f.version),
				Fix: "give the younger one the next free version"})
			continue
		}
		byVersion[f.version] = f.Path
	}
	return problems
}

// unordered finds names that sort otherwise than their versions do: goose goes
// by version, but sqlc and every listing of the folder by name.
func unordered(files []File) diag.Problems {
	base := func(f File) string { return path.Base(f.Path) }
	byName := slices.SortedFunc(slices.Values(files), func(a, b File) int { return cmp.Compare(base(a), base(b)) })
	at := 1
	for at < len(byName) && byName[at-1].version <= byName[at].version {
		at++
	}
	if at >= len(byName) {
		return nil
	}
	late, early := byName[at-1], byName[at]
	newest := slices.MaxFunc(files, func(a, b File) int { return cmp.Compare(a.version, b.version) })
	width := max(5, len(fmt.Sprint(newest.version)))
	var moves []string
	for _, f := range byName {
		_, rest, _ := strings.Cut(base(f), "_")
		if padded := fmt.Sprintf("%0*d_%s", width, f.version, rest); padded != base(f) {
			moves = append(moves, fmt.Sprintf("mv %s %s", f.Path, path.Join(path.Dir(f.Path), padded)))
		}
	}
	return diag.Problems{{File: early.Path,
		Msg: fmt.Sprintf("goose runs version %d before %d, but by name it comes after %s, and sqlc reads migrations in the order of their names",
			early.version, late.version, base(late)),
		Fix: "pad the versions with zeros; goose takes them for the same:\n" + strings.Join(moves, "\n")}}
}
