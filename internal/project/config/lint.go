package config

import (
	"path"
	"path/filepath"

	"gopkg.in/yaml.v3"
)

// Lint are drey's options for "drey lint":
//
//	options:
//	  drey:
//	    lint:
//	      off: [handedit]                # analyzers that do not run
//	      on: [typedcolumns]             # analyzers that run only if they are named
//	      tests: true                    # test files are held to it as well
//	      orms: [example.com/shop/orm]   # more ORMs and query builders, with what is below them
//	      baseline: ci/drey.baseline     # what was there before, see drey lint --write-baseline
type Lint struct {
	Off, On  map[string]int // the names of analyzers, with their lines
	Tests    bool
	ORMs     []string // import paths
	Baseline string   // slash-separated, relative to the file's folder
}

// BaselineFile is the baseline where nothing else is said.
const BaselineFile = "drey.baseline"

func (r *reader) lint(n *yaml.Node) Lint {
	l := Lint{Off: map[string]int{}, On: map[string]int{}, Baseline: BaselineFile}
	r.known(n, "options.drey.lint", "off", "on", "tests", "orms", "baseline")
	for _, item := range r.list(n, "off") {
		l.Off[item.Value] = item.Line
	}
	for _, item := range r.list(n, "on") {
		l.On[item.Value] = item.Line
	}
	for _, item := range r.list(n, "orms") {
		l.ORMs = append(l.ORMs, path.Clean(item.Value))
	}
	r.decode(child(n, "tests"), &l.Tests)
	if file := text(n, "baseline"); file != "" {
		l.Baseline = path.Clean(filepath.ToSlash(file))
	}
	return l
}

// list is the items of a key that has a list of strings.
func (r *reader) list(n *yaml.Node, key string) []*yaml.Node {
	v := child(n, key)
	if v == nil {
		return nil
	}
	var items []string
	if v.Kind != yaml.SequenceNode {
		r.problem(v, "write it as in "+key+": [name]", "%s is no list", key)
		return nil
	}
	r.decode(v, &items)
	return v.Content
}
