package generate

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/enum"
	"github.com/dreysql/drey/internal/project/config"
	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/sqlite/schema"
)

// planEnums gives columns whose CHECK lists their values types of their own, and
// has the staged configuration name them.
func (r *run) planEnums() {
	said := map[string]bool{} // of columns that several blocks lack
	for _, b := range r.blocks {
		b.Spell(b.columns)
		b.StagedTypes = nil
		b.enums = &enum.Plan{}
		if !b.Enums.All && len(b.Enums.Columns) == 0 {
			continue
		}
		plan, refused := enum.Make(b.Database.Schema, enum.Options{
			All: b.Enums.All, Columns: sortedKeys(b.Enums.Columns), Names: b.Names, Taken: b.namesWithout(),
			Overridden: func(t *schema.Table, c *schema.Column) bool { return b.Overridden(t.Name, c.Name, c.Type, c.NotNull) },
		})
		b.enums = plan
		for _, p := range refused {
			line := b.Line
			if p.Column != "" {
				line = b.Enums.Columns[p.Column]
			}
			if !said[p.Msg] {
				said[p.Msg] = true
				r.problems = append(r.problems, &diag.Problem{File: r.cfg.File, Line: line, Msg: "options.drey.enums: " + p.Msg, Fix: p.Fix})
			}
		}
		for _, t := range plan.Types {
			b.StagedTypes = append(b.StagedTypes, config.Type{DBType: plan.Staged(t), GoType: t.Name})
		}
	}
}

// namesWithout are the names that the block's package has without enums: those
// that people have written, those of tables and queries, and sqlc's own.
func (b *block) namesWithout() map[string]bool {
	taken := map[string]bool{"Queries": true, "Querier": true, "DBTX": true, "New": true, "Prepare": true}
	for name := range b.byHand {
		taken[name] = true
	}
	spelling := sqlc.NewSpelling(b.Database.Schema)
	for _, t := range b.Database.Schema.Tables {
		taken[b.Names.Struct(spelling.Of(t.Name))] = true
	}
	for _, q := range b.queries.all {
		first, size := utf8.DecodeRuneInString(q.Name)
		for _, name := range []string{q.Name + "Params", q.Name + "Row", string(unicode.ToUpper(first)) + q.Name[size:], string(unicode.ToLower(first)) + q.Name[size:]} {
			taken[name] = true
		}
	}
	return taken
}

// stagedType is what a column is declared as for sqlc, "" for its own type.
func (b *block) stagedType(table, column string) string {
	if t := b.enums.Column(table, column); t != nil {
		return b.enums.Staged(t)
	}
	return ""
}

// basic is [project.Module.Basic], with the enums that are not on disk yet.
func (b *block) basic(importPath, name string) (basic string, valuer bool) {
	if importPath == "" && b.isEnum(name) {
		return "string", false
	}
	return b.module.Basic(importPath, name)
}

func (b *block) isEnum(name string) bool {
	return slices.ContainsFunc(b.enums.Types, func(t *enum.Type) bool { return t.Name == name })
}

// plainType is a type with the basic type in place of an enum.
func (b *block) plainType(t string) string {
	bare := strings.TrimLeft(t, "*[]")
	if b.isEnum(bare) {
		return strings.TrimSuffix(t, bare) + "string"
	}
	return t
}

// writeEnums adds the file with the types to sqlc's.
func (b *block) writeEnums() error {
	if len(b.enums.Types) == 0 {
		return nil
	}
	src, err := enum.Write(b.generate.Name, b.BuildTags, b.enums.Types)
	if err != nil {
		return err
	}
	b.generate.Files[enum.File] = src
	for _, t := range b.enums.Types {
		for _, name := range append([]string{t.Name, t.All()}, t.Constants...) {
			b.generate.Idents[name] = enum.File
		}
	}
	return nil
}
