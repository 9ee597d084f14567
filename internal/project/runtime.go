package project

import (
	"path"
	"path/filepath"
	"strings"

	"github.com/dreysql/drey/internal/project/config"
)

// RuntimeFolder is the name of the folder that the runtime is written into.
const RuntimeFolder = "drey"

// noModule is the path of a module that is not there. Nothing compiles without one.
const noModule = "module.invalid"

// Runtime is the import path of the package that a block's package stands on, and the
// absolute folder that it is written into, "" where the configuration names one that
// is there already. It is below the folder of the module's only block, or below the
// nearest that several have in common, so that all of them may import it, and so may
// whoever imports one of them.
func (p *Project) Runtime(b *config.Block) (importPath, folder string, err error) {
	if p.Config.Runtime != "" {
		return p.Config.Runtime, "", nil
	}
	m, err := p.Module(b)
	if err != nil {
		return "", "", err
	}
	common := m.Out
	for _, other := range p.Config.Blocks {
		o, err := p.Module(other)
		if err != nil {
			return "", "", err
		}
		for o.Dir == m.Dir && !within(o.Out, common) {
			common = filepath.Dir(common)
		}
	}
	folder = filepath.Join(common, RuntimeFolder)
	from, module := m.Dir, m.Path
	if from == "" {
		if from, err = filepath.Abs(p.Dir); err != nil {
			return "", "", err
		}
		module = noModule
	}
	rel, err := filepath.Rel(from, folder)
	return path.Join(module, filepath.ToSlash(rel)), folder, err
}

// within reports whether a folder is another, or below it.
func within(folder, other string) bool {
	separator := string(filepath.Separator)
	return folder == other || strings.HasPrefix(folder, strings.TrimSuffix(other, separator)+separator)
}
