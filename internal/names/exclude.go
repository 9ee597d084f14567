package names

import "slices"

// Excluding returns the options with the tables added to InflectionExclude that
// need it to have a row type of their own: those whose singular is not a name, as of
// a table called s, and those whose singular is another's row type, as of users
// beside user. tables are all tables and views in a fixed order. What that does
// not help stays as it is.
func (o Options) Excluding(tables []string) Options {
	o.InflectionExclude = slices.Clone(o.InflectionExclude)
	if o.ExactTableNames {
		return o
	}
	for again := true; again; {
		again = false
		owners := map[string][]string{} // tables by row type
		for _, t := range tables {
			owners[o.Struct(t)] = append(owners[o.Struct(t)], t)
		}
		for _, t := range tables {
			row := o.Struct(t)
			if row != "" && len(owners[row]) == 1 {
				continue
			}
			alone := o
			alone.InflectionExclude = append(slices.Clone(o.InflectionExclude), t)
			if other := alone.Struct(t); other == row || other == "" || row != "" && keeps(o, t, owners[row]) {
				continue
			}
			o, again = alone, true
			break
		}
	}
	return o
}

// keeps reports whether a table is the one of those with one row type that has
// it: the first whose singular would be the same without inflection, or else the
// first.
func keeps(o Options, table string, tables []string) bool {
	i := slices.IndexFunc(tables, func(t string) bool { return Singular(t, o.InflectionExclude...) == t })
	return tables[max(i, 0)] == table
}
