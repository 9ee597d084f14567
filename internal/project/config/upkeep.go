package config

import (
	"slices"

	"gopkg.in/yaml.v3"
)

// upkeepKeys are the options that name columns which drey keeps up.
var upkeepKeys = []string{"soft_delete", "updated_at", "version"}

var upkeepExamples = []string{
	"deleted_at, or [links.deleted_at, users.removed_at]",
	"updated_at, or [links.updated_at, users.changed_at]",
	"version, or [links.version, users.revision]",
}

// Upkeep names the columns that drey keeps up itself. Each is the name of a column, of
// every table that has one, or table.column.
type Upkeep struct {
	SoftDelete, UpdatedAt, Version *Columns
}

// Columns are the columns that an option names.
type Columns struct {
	Option string // as in options.drey.soft_delete
	Names  []Name
}

// Name is a name in the configuration, and its line.
type Name struct {
	Text string
	Line int
}

// Options are what is named for each, without what nobody names.
func (u *Upkeep) Options() (list []*Columns) {
	for _, o := range []*Columns{u.SoftDelete, u.UpdatedAt, u.Version} {
		if o != nil {
			list = append(list, o)
		}
	}
	return list
}

// upkeep reads the options that n has; the others are those of u.
func (r *reader) upkeep(n *yaml.Node, where string, u Upkeep) Upkeep {
	for i, of := range []**Columns{&u.SoftDelete, &u.UpdatedAt, &u.Version} {
		list := child(n, upkeepKeys[i])
		if list == nil {
			continue
		}
		to := &Columns{Option: where + "." + upkeepKeys[i]}
		*of = to
		names := []*yaml.Node{list}
		if list.Kind == yaml.SequenceNode {
			names = list.Content
		}
		for _, name := range names {
			if name.Kind != yaml.ScalarNode || name.Tag != "!!str" {
				r.problem(name, "write it as in "+upkeepKeys[i]+": "+upkeepExamples[i], "%s names columns", to.Option)
				continue
			}
			if !slices.ContainsFunc(to.Names, func(other Name) bool { return other.Text == name.Value }) {
				to.Names = append(to.Names, Name{name.Value, name.Line})
			}
		}
	}
	return u
}
