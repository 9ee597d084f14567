package policy

import (
	"go/types"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Generated is a generated package that another one imports.
type Generated struct {
	*types.Package
	Folder string // on disk
	// Shared are tables, case-folded, that another database of the project also has.
	Shared map[string]bool
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
		found = &Generated{Package: imports[m.Own], Folder: m.Out, Shared: map[string]bool{}}
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
