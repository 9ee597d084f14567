package generate

import (
	"slices"

	"github.com/dreysql/drey/internal/project/config"
	"github.com/dreysql/drey/internal/stored"
	"github.com/dreysql/drey/internal/upkeep"
)

// planUpkeep finds the columns that the blocks have drey keep up.
func (r *run) planUpkeep() {
	blocks := map[*config.Columns][]*block{} // that an option is for
	var options []*config.Columns
	said := map[string]bool{} // of a schema that several blocks have
	for _, b := range r.blocks {
		b.Spell(b.columns)
		b.upkeep = upkeep.Make(b.Database.Schema, r.cfg.File, b.Upkeep, upkeep.Types(stored.TypesOf(b.module.GoTypes(b.Block))))
		for _, o := range b.Upkeep.Options() {
			if blocks[o] == nil {
				options = append(options, o)
			}
			blocks[o] = append(blocks[o], b)
		}
		if b.upkeep == nil || b.uncertain() {
			continue
		}
		for _, p := range b.upkeep.Problems {
			if !said[p.Msg] {
				said[p.Msg] = true
				r.problems = append(r.problems, p)
			}
		}
	}
	for _, o := range options {
		for _, name := range o.Names {
			if !slices.ContainsFunc(blocks[o], func(b *block) bool { return b.uncertain() || !slices.Contains(b.upkeep.Missing, name) }) {
				r.problems = append(r.problems, upkeep.Absent(r.cfg.File, o, name))
			}
		}
	}
}

// checkUpkeep warns of queries that read deleted rows, or leave what every change sets.
func (r *run) checkUpkeep(b *block) {
	if b.upkeep == nil {
		return
	}
	for _, q := range b.queries.all {
		if q.Generated {
			continue
		}
		found := b.upkeep.Check(b.Database.Schema, q)
		for _, rule := range upkeep.Rules {
			r.result.Warnings = append(r.result.Warnings, r.refused(q, found[rule.Name], rule.Name, rule.Idle)...)
		}
	}
}

// uncertain reports whether the block's schema or types are not what they will be once
// the faults are mended.
func (b *block) uncertain() bool { return b.Doubt.Any() || b.Doubtful }
