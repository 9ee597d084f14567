package migration

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Converted is a migration of another tool as a file of goose's.
type Converted struct {
	Path    string   // relative to the project's root
	Content []byte   // with a comment that says what the other tool calls it
	Gone    []string // the tool's files that it is in the place of
}

// Convert writes migrations of another tool as goose's, each into the folder that it is
// in, or into folder if that is not "". Versions stay where they are numbers that rise
// from 1 up, with as many digits as they have.
func Convert(files []File, folder string) []Converted {
	width := 1
	for i := range files {
		digits, _ := number(files[i].Name())
		width = max(width, len(digits), len(fmt.Sprint(files[i].version)))
	}
	list := make([]Converted, len(files))
	for i := range files {
		f := &files[i]
		in := folder
		if in == "" {
			in = path.Dir(f.Path)
		}
		list[i] = Converted{
			Path:    path.Join(in, f.GooseName(width)),
			Content: append([]byte(fmt.Sprintf("-- drey:converted %s %s\n", f.Format.key(), f.Recorded)), f.Goose()...),
			Gone:    slices.Compact([]string{f.Path, f.Undoes()}),
		}
	}
	return list
}

// key is the name as one word.
func (f *Format) key() string { return strings.ToLower(strings.ReplaceAll(f.Name, " ", "-")) }

var convertedComment = regexp.MustCompile(`(?m)^-- drey:converted (\S+) (.*?)\r?$`)

// converted reads the comment of Convert's.
func converted(content []byte) (from *Format, recorded string) {
	m := convertedComment.FindSubmatch(content)
	if m == nil {
		return nil, ""
	}
	at := slices.IndexFunc(Formats, func(f *Format) bool { return f.key() == string(m[1]) })
	if at < 0 || Formats[at] == Goose {
		return nil, ""
	}
	return Formats[at], string(m[2])
}
