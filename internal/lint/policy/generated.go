package policy

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"

	"github.com/dreysql/drey/internal/output"
	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Generated is a generated package that another one imports.
type Generated struct {
	*types.Package
	// Shared are tables, case-folded, that another database of the project also has.
	Shared map[string]bool

	sources string // the file that declares its sources
	read    func(error)
}

// SourcesFile is the file of a block's package that declares its sources.
func SourcesFile(m *project.Module) string { return filepath.Join(m.Out, output.SourcesFile) }

// Sources parses the file that declares the package's sources. The values of its
// variables say what the sources are, which their types do not.
func (g *Generated) Sources() (*ast.File, error) {
	g.read(nil)
	return parser.ParseFile(token.NewFileSet(), g.sources, nil, parser.SkipObjectResolution)
}

// Generated finds the one package among another's imports that is generated for the
// project. It returns nil if there is not exactly one, or if only a build
// constraint makes it one.
func (p Project) Generated(pkg *types.Package) *Generated {
	if p.in == nil || p.in.Config.OtherDatabases {
		return nil
	}
	imports := map[string]*types.Package{}
	for _, i := range pkg.Imports() {
		imports[i.Path()] = i
	}
	var found *Generated
	for _, b := range p.in.Config.Blocks {
		m, err := p.in.Module(b)
		if err != nil || imports[m.Own] == nil || m.Own == "" {
			continue
		}
		if found != nil || b.BuildTags != "" {
			return nil
		}
		if len(p.in.Config.Blocks) > 1 {
			p.read(nil) // of how many databases there are, the migrations decide
		}
		found = &Generated{Package: imports[m.Own], Shared: map[string]bool{}, sources: SourcesFile(m), read: p.read}
		for _, s := range p.in.Schemas() {
			if s == p.in.Schema(b) {
				continue
			}
			statements, err := p.statements(s)
			if err != nil {
				return nil
			}
			names, err := p.tables(statements)
			if err != nil {
				return nil
			}
			for _, name := range names {
				found.Shared[sqltext.Fold(name)] = true
			}
		}
	}
	return found
}
