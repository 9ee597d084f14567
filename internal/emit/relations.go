package emit

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/output"
	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/sqltime"
)

// reference is a foreign key between two tables that both have a source. It
// goes from columns of one to a unique key of the other.
type reference struct {
	from, to         *relation
	fromCols, toCols []int
	stem             string // of the Go names of the columns: User for user_id
}

// loader is a relation before it is written as Go.
type loader struct {
	Var, Doc string
	Type     string // ToOne or ToMany
	From, To *relation
	Key      []int // the columns of From that it starts at
	KeyType  string
	Columns  []int      // the columns of To that it leads to
	Collate  []string   // see the runtime's Route
	Through  *reference // to From, from the link table
	Far      *reference // to To, from the link table
}

// loaders plans the relations of every foreign key, in both directions, and of every
// link table. It notes the foreign keys that cannot have relations, with the reason.
func (p *plan) loaders() {
	var links [][2]reference
	for i := range p.relations {
		r := &p.relations[i]
		if r.Table == nil || r.Table.Kind != schema.KindTable {
			continue
		}
		refs := p.references(r)
		for _, ref := range refs {
			p.addLoader(p.toOne(ref), "")
			p.addLoader(p.toMany(ref), "")
		}
		if len(refs) == 2 && p.isLinkTable(r, refs) {
			links = append(links, [2]reference{refs[0], refs[1]}, [2]reference{refs[1], refs[0]})
		}
	}
	// After the relations of foreign keys, which keep their names.
	for _, l := range links {
		p.addLoader(p.through(l[0], l[1]), "Through"+l[0].from.Var)
	}
}

// addLoader names a relation. If its name is taken, it gets a suffix. If that name
// is taken as well, the relation is left out.
func (p *plan) addLoader(l loader, suffix string) {
	if len(l.Key) == 1 {
		l.KeyType, _ = bare(p.goType(l.From, l.Key[0]))
	}
	for _, name := range []string{l.Var, l.Var + suffix, l.Var + suffix + "Relation"} {
		_, taken := p.taken[name]
		_, keyTaken := p.taken[name+"Key"]
		_, routeTaken := p.taken["route"+name]
		if taken || routeTaken || len(l.Key) > 1 && keyTaken {
			continue
		}
		l.Var = name
		p.taken[name] = output.SourcesFile
		if len(l.Key) > 1 {
			l.KeyType = name + "Key"
			p.taken[l.KeyType] = output.SourcesFile
		}
		p.loaded = append(p.loaded, l)
		return
	}
}

func (p *plan) model(r *relation) *sqlc.Struct {
	i := slices.IndexFunc(p.in.Package.Models, func(s *sqlc.Struct) bool { return s.Name == r.Row })
	return p.in.Package.Models[i]
}

func (p *plan) goType(r *relation, col int) string { return p.model(r).Fields[col].Type }

// references returns the foreign keys of a table that can become relations.
func (p *plan) references(r *relation) []reference {
	var refs []reference
	for _, fk := range r.Table.ForeignKeys {
		i := slices.IndexFunc(p.relations, func(to relation) bool {
			return to.Table != nil && to.Table.Kind == schema.KindTable && sqltext.EqualFold(to.Table.Name, fk.Table)
		})
		if i < 0 {
			continue
		}
		ref := reference{from: r, to: &p.relations[i]}
		ref.fromCols, ref.toCols = columnNumbers(r.Table, fk.From), columnNumbers(ref.to.Table, fk.To)
		if why := p.unjoinable(ref); why != "" {
			line := fmt.Sprintf("%s (%s) to %s: %s", r.Table.Name, strings.Join(fk.From, ", "), ref.to.Table.Name, why)
			p.unrelated = append(p.unrelated, strings.Join(strings.Fields(line), " "))
			continue
		}
		if slices.ContainsFunc(refs, func(o reference) bool {
			return o.to == ref.to && slices.Equal(o.fromCols, ref.fromCols)
		}) {
			continue
		}
		for _, col := range ref.fromCols {
			field := p.model(r).Fields[col].Name
			stem := strings.TrimSuffix(strings.TrimSuffix(field, "ID"), "Id")
			if stem == "" {
				stem = field
			}
			ref.stem += stem
		}
		refs = append(refs, ref)
	}
	return refs
}

// unjoinable says why a foreign key does not have relations, or "". Types of the
// project's own count as the same if they have the same name.
func (p *plan) unjoinable(ref reference) string {
	for i, from := range ref.fromCols {
		to := ref.toCols[i]
		if from < 0 || to < 0 {
			return "it refers to a column that is not there"
		}
		a, whyA := p.keyType(ref.from, from)
		b, whyB := p.keyType(ref.to, to)
		switch why := cmp.Or(whyA, whyB); {
		case why != "":
			return why
		case a != b && !(ownNumber(a) && ownNumber(b)):
			return fmt.Sprintf("%s is %s on one side and %s on the other", ref.from.Table.Columns[from].Name, a, b)
		}
		child, parent := &ref.from.Table.Columns[from], &ref.to.Table.Columns[to]
		if !comparedAlike(infer.AffinityOf(child.Affine()), infer.AffinityOf(parent.Affine())) {
			return fmt.Sprintf("%s is declared %s and %s %s, which a query compares by other rules than the foreign key",
				child.Name, cmp.Or(child.Type, "without a type"), parent.Name, cmp.Or(parent.Type, "without a type"))
		}
	}
	if !slices.ContainsFunc(ref.to.Table.UniqueKeys(), func(key []string) bool {
		return sameSet(columnNumbers(ref.to.Table, key), ref.toCols)
	}) {
		return columnList(ref.to, ref.toCols) + " is no unique key"
	}
	return ""
}

// comparedAlike reports whether = between a column of affinity child and one of affinity
// parent, or a value of either, holds where a foreign key from the one to the other does.
// That gives the child's value the affinity of the parent, and compares. But = makes numbers
// of both if one of them is a number: the texts '1' and '01' equal an integer 1, of which a
// foreign key to text makes '1'. A value that is bound gets the affinity of the other side
// alone, whichever that is.
func comparedAlike(child, parent infer.Affinity) bool {
	return child == parent || isNumber(child) && isNumber(parent)
}

// ownNumber reports whether values of type t are numbers to Go and to SQLite.
func ownNumber(t string) bool { return numbers[t] || t == "UnixTime" || t == "UnixMilli" }

// keyType returns the type of a map's keys for values of a column, or says why
// there is none.
func (p *plan) keyType(r *relation, col int) (t, why string) {
	t, nullable := bare(p.goType(r, col))
	column := r.Table.Columns[col]
	switch {
	case t == "string" || ownNumber(t):
		return t, ""
	case !p.in.Comparable(p.imported(t)):
		return "", fmt.Sprintf("%s.%s is %s, which drey cannot make the key of a map", r.Table.Name, column.Name, t)
	case !column.NotNull && !nullable:
		return "", fmt.Sprintf("%s.%s may be NULL, for which %s has no form that drey knows", r.Table.Name, column.Name, t)
	}
	return t, ""
}

// imported returns the import path and the name of a type as it is written in this
// package. The path is "" for the package's own types.
func (p *plan) imported(t string) (path, name string) {
	pkg, name, ok := strings.Cut(t, ".")
	if !ok {
		return "", t
	}
	return p.in.Package.Imports[pkg], name
}

func sameSet(a, b []int) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// isLinkTable reports whether the columns of the two foreign keys are a unique key
// of the table, or of its live rows. The table may have other columns. If a collation differs from that
// of the column referred to, the same pair could occur twice.
func (p *plan) isLinkTable(r *relation, refs []reference) bool {
	columns := slices.Concat(refs[0].fromCols, refs[1].fromCols)
	for _, ref := range refs {
		for i := range ref.fromCols {
			if collate(ref, i) != "" {
				return false
			}
		}
	}
	for i := range r.Table.Indexes { // its relations are those of live rows
		ix := &r.Table.Indexes[i]
		if key, ok := r.Table.Partial(ix); ok && r.Upkeep.Live(ix.Where()) && sameSet(columnNumbers(r.Table, key), columns) {
			return true
		}
	}
	return slices.ContainsFunc(r.Table.UniqueKeys(), func(key []string) bool {
		return sameSet(columnNumbers(r.Table, key), columns)
	})
}

// by returns the end of a relation's name that tells it apart from others to that
// table. It depends on this foreign key alone, so that a new one does not rename
// anything.
func by(ref reference) string {
	if ref.stem == ref.to.Row {
		return ""
	}
	return "By" + ref.stem
}

func (p *plan) toOne(ref reference) loader {
	return loader{
		Var: ref.from.Row + "To" + ref.stem, Type: "ToOne", From: ref.from, To: ref.to, Key: ref.fromCols,
		Doc: fmt.Sprintf("leads from rows of %s to the row of %s that %s refers to.",
			ref.from.Table.Name, ref.to.Table.Name, columnList(ref.from, ref.fromCols)),
		Columns: ref.toCols,
	}
}

func (p *plan) toMany(ref reference) loader {
	return loader{
		Var: ref.to.Row + "To" + ref.from.Var + by(ref), Type: "ToMany", From: ref.to, To: ref.from, Key: ref.toCols,
		Doc: fmt.Sprintf("leads from rows of %s to the rows of %s that refer to them by %s.",
			ref.to.Table.Name, ref.from.Table.Name, columnList(ref.from, ref.fromCols)),
		Columns: ref.fromCols, Collate: collations(ref),
	}
}

// through returns the relation from what near refers to, to what far refers to.
func (p *plan) through(near, far reference) loader {
	return loader{
		Var: near.to.Row + "To" + far.to.Var + by(far), Type: "ToMany", From: near.to, To: far.to, Key: near.toCols,
		Doc: fmt.Sprintf("leads from rows of %s to the rows of %s that %s puts beside them, by %s and %s.",
			near.to.Table.Name, far.to.Table.Name, far.from.Table.Name,
			columnList(near.from, near.fromCols), columnList(far.from, far.fromCols)),
		Columns: far.toCols, Through: &near, Far: &far,
	}
}

// collations are those of the comparisons with the referring columns, where they are not
// the foreign key's, which are those of the columns referred to. It is nil if all are.
func collations(ref reference) []string {
	list := make([]string, len(ref.fromCols))
	for i := range list {
		list[i] = collate(ref, i)
	}
	if strings.Join(list, "") == "" {
		return nil
	}
	return list
}

// collate returns the quoted collation of the column referred to, "" if the referring
// column has the same.
func collate(ref reference, i int) string {
	from, to := ref.from.Table.Columns[ref.fromCols[i]].Collation, ref.to.Table.Columns[ref.toCols[i]].Collation
	if from == "" {
		from = "BINARY"
	}
	if to == "" {
		to = "BINARY"
	}
	if sqltext.EqualFold(from, to) {
		return ""
	}
	return sqltext.Quote(to)
}

func columnList(r *relation, cols []int) string {
	names := make([]string, len(cols))
	for i, col := range cols {
		names[i] = r.Table.Columns[col].Name
	}
	if len(names) == 1 {
		return names[0]
	}
	return "(" + strings.Join(names, ", ") + ")"
}

// loader writes one relation.
func (p *plan) loader(b *bytes.Buffer, l *loader) {
	n := p.runtime
	var nulls, values []string
	for _, col := range l.Key {
		f := p.model(l.From).Fields[col]
		null, value := access("r."+f.Name, f.Type)
		if null != "" {
			nulls = append(nulls, null)
		}
		values = append(values, value)
	}
	key := values[0]
	if len(l.Key) > 1 {
		fmt.Fprintf(b, "\n// %s is a key of %s.\ntype %s struct {\n", l.KeyType, l.From.Doc, l.KeyType)
		for _, col := range l.Key {
			f := p.model(l.From).Fields[col]
			t, _ := bare(f.Type)
			fmt.Fprintf(b, "\t%s %s\n", f.Name, t)
		}
		b.WriteString("}\n")
		key = l.KeyType + "{" + strings.Join(values, ", ") + "}"
	}
	fmt.Fprintf(b, "\nvar route%s = %s{\n\tFrom: &%s, Key: []uint16%s,\n\tTo: &%s, Columns: []uint16%s,\n",
		l.Var, n("Route"), p.private(l.From), numberList(l.Key), p.private(l.To), numberList(l.Columns))
	if l.Collate != nil {
		fmt.Fprintf(b, "\tCollate: %s,\n", literals(l.Collate))
	}
	if l.Through != nil {
		from := l.Through.from
		fmt.Fprintf(b, "\tThrough: %s, Near: %s, Far: %s,\n", literal(from.SQLName),
			literals(from.quoted(l.Through.fromCols)), literals(from.quoted(l.Far.fromCols)))
		if s := from.Upkeep.Deleted; s != nil {
			fmt.Fprintf(b, "\tDeleted: %s,\n", literal(sqltext.Quote(s.Name)))
		}
	}
	fmt.Fprintf(b, "}\n\n// %s %s\nvar %s = %s[%s, %s](&route%s, func(r *%s, to []any) (k %s, args []any, ok bool) {\n",
		l.Var, l.Doc, l.Var, n("New"+l.Type), l.From.Marker, l.To.Marker, l.Var, l.From.Row, l.KeyType)
	if nulls != nil {
		fmt.Fprintf(b, "\t\tif %s {\n\t\t\treturn k, to, false\n\t\t}\n", strings.Join(nulls, " || "))
	}
	for i, col := range l.Key {
		if l.From.Handles[col].Form == sqltime.Date {
			values[i] = n("BindDate") + "(" + values[i] + ")"
		}
	}
	fmt.Fprintf(b, "\treturn %s, append(to, %s), true\n})\n", key, strings.Join(values, ", "))
}

// quoted are the quoted names of columns.
func (r *relation) quoted(columns []int) []string {
	names := make([]string, len(columns))
	for i, col := range columns {
		names[i] = r.Handles[col].Quoted
	}
	return names
}

// literals is a slice of strings in Go.
func literals(texts []string) string {
	list := make([]string, len(texts))
	for i, text := range texts {
		list[i] = literal(text)
	}
	return "[]string{" + strings.Join(list, ", ") + "}"
}

// access returns a condition for a field being NULL, "" if it never is, and its
// value otherwise.
func access(field, goType string) (null, value string) {
	if strings.HasPrefix(goType, "*") {
		return field + " == nil", "*" + field
	}
	if strings.HasPrefix(goType, "sql.Null[") {
		return "!" + field + ".Valid", field + ".V"
	}
	if _, name, ok := strings.Cut(goType, ".Null"); ok { // sql.NullString, uuid.NullUUID
		return "!" + field + ".Valid", field + "." + name
	}
	return "", field
}
