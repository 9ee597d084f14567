package schema

import (
	"cmp"
	"slices"
	"strings"
)

// The values of hidden in table_xinfo.
const (
	columnOfModule  = 1 // a hidden column of a virtual table
	columnOnRead    = 2
	columnPersisted = 3
)

func (r *reader) readColumns() error {
	type part struct {
		name  string
		place int
	}
	keys := map[*Table][]part{}
	err := r.each(`SELECT l.name, x.name, x.type, x."notnull", coalesce(x.dflt_value, ''), x.pk, x.hidden
		FROM `+r.from+` CROSS JOIN pragma_table_xinfo(l.name, 'main') AS x
		WHERE l.schema = 'main' AND l.type IN ('table', 'view', 'virtual') ORDER BY l.name, x.cid`,
		func(scan func(...any) error) error {
			var table string
			var c Column
			var pk, hidden int
			if err := scan(&table, &c.Name, &c.Type, &c.NotNull, &c.Default, &pk, &hidden); err != nil {
				return err
			}
			t := r.tables[table]
			if t == nil || hidden == columnOfModule {
				return nil
			}
			switch hidden {
			case columnOnRead:
				c.Generated = VirtualGenerated
			case columnPersisted:
				c.Generated = StoredGenerated
			}
			c.Any = strings.EqualFold(c.Type, "ANY") && (t.Strict || t.Kind == KindView)
			if pk > 0 {
				keys[t] = append(keys[t], part{c.Name, pk})
			}
			t.Columns = append(t.Columns, c)
			return nil
		})
	for t, parts := range keys {
		slices.SortFunc(parts, func(a, b part) int { return cmp.Compare(a.place, b.place) })
		for _, p := range parts {
			t.PrimaryKey = append(t.PrimaryKey, p.name)
		}
	}
	return err
}

func (r *reader) readIndexes() error {
	return r.each(`SELECT l.name, i.name, i."unique", i.partial, i.origin,
			coalesce(x.name, ''), x."desc", x.coll
		FROM `+r.from+` CROSS JOIN pragma_index_list(l.name, 'main') AS i CROSS JOIN pragma_index_xinfo(i.name, 'main') AS x
		WHERE l.schema = 'main' AND l.type IN ('table', 'virtual') AND x.key
		ORDER BY l.name, i.seq DESC, x.seqno`,
		func(scan func(...any) error) error {
			var table string
			var ix Index
			var c IndexColumn
			if err := scan(&table, &ix.Name, &ix.Unique, &ix.Partial, &ix.Origin, &c.Name, &c.Desc, &c.Collation); err != nil {
				return err
			}
			t := r.tables[table]
			if t == nil {
				return nil
			}
			if n := len(t.Indexes); n == 0 || t.Indexes[n-1].Name != ix.Name {
				ix.SQL = r.sql[ix.Name]
				t.Indexes = append(t.Indexes, ix)
			}
			last := &t.Indexes[len(t.Indexes)-1]
			last.Columns = append(last.Columns, c)
			return nil
		})
}

func (r *reader) readForeignKeys() error {
	ids := map[*Table]int{}
	return r.each(`SELECT l.name, f.id, f."table", f."from", coalesce(f."to", ''), f.on_update, f.on_delete
		FROM `+r.from+` CROSS JOIN pragma_foreign_key_list(l.name, 'main') AS f
		WHERE l.schema = 'main' AND l.type = 'table' ORDER BY l.name, f.id DESC, f.seq`,
		func(scan func(...any) error) error {
			var table, from, to string
			var id int
			var fk ForeignKey
			if err := scan(&table, &id, &fk.Table, &from, &to, &fk.OnUpdate, &fk.OnDelete); err != nil {
				return err
			}
			t := r.tables[table]
			if t == nil {
				return nil
			}
			if n := len(t.ForeignKeys); n == 0 || ids[t] != id {
				t.ForeignKeys = append(t.ForeignKeys, fk)
				ids[t] = id
			}
			last := &t.ForeignKeys[len(t.ForeignKeys)-1]
			last.From = append(last.From, from)
			last.To = append(last.To, to)
			return nil
		})
}
