package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const root = "../../.."

// page is README.md, or a page of docs/.
type page struct {
	path   string // below root, with slashes
	text   string
	blocks []block
}

// block is a fenced block of a page.
type block struct {
	line int // of its first line
	lang string
	file string // its name, if it is one
	code string
	of   int // the line of the block of go in the same section that it is about, or 0
}

var (
	fence = regexp.MustCompile("(?ms)^```([a-z]*)\n(.*?)^```$")
	named = regexp.MustCompile("(?m)^`([^`\n]+\\.(?:go|sql|yaml|mod|md|env|json|toml)|Makefile|\\.env)`[^\n]*\n\n\\z")
)

// pages are all of them.
func pages(t *testing.T) []page {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	var list []page
	for _, name := range append([]string{filepath.Join(root, "README.md")}, names...) {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		p := page{path: filepath.ToSlash(strings.TrimPrefix(name, root+string(filepath.Separator))), text: string(content)}
		section, last := 0, 0
		for _, m := range fence.FindAllStringSubmatchIndex(p.text, -1) {
			b := block{line: strings.Count(p.text[:m[4]], "\n") + 1, lang: p.text[m[2]:m[3]], code: p.text[m[4]:m[5]]}
			if n := named.FindStringSubmatch(p.text[:m[0]]); n != nil {
				b.file = n[1]
			}
			if n := strings.LastIndex(p.text[:m[0]], "\n#"); n != section {
				section, last = n, 0
			}
			switch {
			case b.file != "":
			case b.lang == "go":
				last = b.line
			case !strings.HasPrefix(b.code, "-- "):
				b.of = last
			}
			p.blocks = append(p.blocks, b)
		}
		list = append(list, p)
	}
	return list
}

// files are the page's files, by their names.
func (p *page) files() map[string]string {
	files := map[string]string{}
	for _, b := range p.blocks {
		if b.file != "" {
			files[b.file] = b.code
		}
	}
	return files
}

// name is what the page is called, without folder and extension.
func (p *page) name() string {
	return strings.ToLower(strings.TrimSuffix(filepath.Base(p.path), ".md"))
}
