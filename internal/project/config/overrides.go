package config

import (
	"go/token"
	"go/types"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// override is a type override of sqlc's, as far as it tells the type and which
// columns it is for.
type override struct {
	Column   string `yaml:"column"`
	DBType   string `yaml:"db_type"`
	Nullable bool   `yaml:"nullable"`
	Unsigned bool   `yaml:"unsigned"` // no column of SQLite's is, to sqlc
	Null     bool   `yaml:"null"`     // the old name of nullable
	GoType   goType `yaml:"go_type"`

	line int
	own  bool // it is the block's, and not for all
}

// Override is an override of a column's type, as it is written.
type Override struct {
	Column string // [[catalog.]schema.]table.column, with wildcards
	Line   int
}

// IdleOverrides returns the block's own overrides for columns that do not fit
// any of these: sqlc takes them without a word. Capitals are ignored.
func (b *Block) IdleOverrides(columns func(yield func(table, column string) bool)) []Override {
	var idle []Override
	for i := range b.overrides {
		o := &b.overrides[i]
		if o.Column == "" || !o.own {
			continue
		}
		fits := false
		for table, column := range columns {
			if fits = o.ofColumn(table, column); fits {
				break
			}
		}
		if !fits {
			idle = append(idle, Override{o.Column, o.line})
		}
	}
	return idle
}

// TypeInOtherLetters is an override of a declared type that is written in other letters.
type TypeInOtherLetters struct {
	DBType, Declared string
	Line             int
}

// TypesInOtherLetters returns the block's own overrides for declared types that fit none of
// these, but for capitals: to sqlc, which takes them without a word, they are other types.
func (b *Block) TypesInOtherLetters(declared []string) (list []TypeInOtherLetters) {
	for i := range b.overrides {
		o := &b.overrides[i]
		fits, like := false, ""
		for _, d := range declared {
			d = strings.Join(strings.Fields(d), "")
			fits = fits || d == o.DBType
			if sqltext.EqualFold(d, o.DBType) {
				like = d
			}
		}
		if o.own && o.DBType != "" && !fits && like != "" {
			list = append(list, TypeInOtherLetters{o.DBType, like, o.line})
		}
	}
	return list
}

// Spell has the staged overrides name columns as sqlc does: it has tables in small
// letters and columns in those of the schema, and compares them letter by letter,
// so that an override in other letters would do nothing.
func (b *Block) Spell(columns func(yield func(table, column string) bool)) {
	b.spelled = map[string][]string{}
	for i := range b.overrides {
		o := &b.overrides[i]
		spellings := map[string]bool{}
		asWritten := true
		qualifier, pattern := o.split()
		for table, column := range columns {
			if o.ofColumn(table, column) {
				spellings[column] = true
				asWritten = asWritten && matches(pattern, column)
			}
		}
		if len(spellings) == 0 {
			continue
		}
		if asWritten {
			spellings = map[string]bool{pattern: true}
		}
		for _, column := range slices.Sorted(maps.Keys(spellings)) {
			if !asWritten {
				column = literalPattern.Replace(column)
			}
			b.spelled[o.Column] = append(b.spelled[o.Column], sqltext.Fold(qualifier)+"."+column)
		}
	}
}

// split returns what the pattern has for the table, with its schema, and for the
// column.
func (o *override) split() (table, column string) {
	i := strings.LastIndexByte(o.Column, '.')
	return o.Column[:max(i, 0)], o.Column[i+1:]
}

// literalPattern turns a name into the pattern for it.
var literalPattern = strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`)

// goType is written as a string, or taken apart.
type goType struct {
	Import  string `yaml:"import"`
	Package string `yaml:"package"`
	Name    string `yaml:"type"`
	Pointer bool   `yaml:"pointer"`
	Slice   bool   `yaml:"slice"`
}

func (t *goType) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		t.Name = n.Value
		return nil
	}
	type plain goType
	return n.Decode((*plain)(t))
}

// NamedType is a type with a name of its own that an override gives.
type NamedType struct {
	Line   int
	Import string // the path of its package, "" of the generated one
	Called string // what sqlc calls the package
	Alias  bool   // and imports it as
	Name   string
}

// NamedTypes are the types of other packages that overrides for the block give.
func (b *Block) NamedTypes() (list []NamedType) {
	for i := range b.overrides {
		if t, ok := b.overrides[i].GoType.named(); ok {
			t.Line = b.overrides[i].line
			list = append(list, t)
		}
	}
	return list
}

// OwnTypes returns the types of the generated package itself that overrides give.
func (b *Block) OwnTypes() (list []NamedType) {
	for i := range b.overrides {
		t := &b.overrides[i].GoType
		name := strings.TrimPrefix(t.Name, "*")
		if _, other := t.named(); !other && token.IsIdentifier(name) && types.Universe.Lookup(name) == nil {
			list = append(list, NamedType{Line: b.overrides[i].line, Name: name})
		}
	}
	return list
}

var (
	majorVersion = regexp.MustCompile(`^v[0-9]+$`)
	identifier   = regexp.MustCompile(`^[a-zA-Z0-9_]+$`)
	other        = regexp.MustCompile(`[^a-zA-Z0-9_]`)
)

// named reads the type as sqlc does.
func (t *goType) named() (n NamedType, ok bool) {
	if t.Import != "" {
		n = NamedType{Import: t.Import, Called: t.Package, Alias: t.Package != "", Name: t.Name}
		base := path.Base(t.Import)
		switch {
		case n.Alias:
		case majorVersion.MatchString(base) && strings.Contains(t.Import, "/"):
			n.Called, n.Alias = path.Base(path.Dir(t.Import)), true
		case identifier.MatchString(base):
			n.Called = base
		default:
			n.Called, n.Alias = base, true
		}
		if n.Alias && t.Package == "" {
			n.Called = other.ReplaceAllString(strings.ToLower(n.Called), "_")
		}
		return n, true
	}
	dot := strings.LastIndexByte(t.Name, '.')
	if dot < 0 || t.Package != "" {
		return n, false
	}
	n.Import, n.Name = strings.TrimPrefix(t.Name[:dot], "*"), t.Name[dot+1:]
	n.Called = strings.TrimSuffix(strings.TrimPrefix(path.Base(t.Name[:dot]), "go-"), "-go")
	n.Called = strings.TrimPrefix(n.Called, "*")
	return n, true
}

// Overridden reports whether an override gives a column its Go type. dbType is the
// column's declared type.
func (b *Block) Overridden(table, column, dbType string, notNull bool) bool {
	return b.override(table, column, dbType, notNull) != nil
}

// GoType returns the Go type that an override gives a column, as sqlc writes it.
// ok is false if there is no such override. dbType is the column's declared type;
// to sqlc a PRIMARY KEY in a column's own declaration is NOT NULL.
func (b *Block) GoType(table, column, dbType string, notNull bool) (text string, ok bool) {
	o := b.override(table, column, dbType, notNull)
	if o == nil {
		return "", false
	}
	return o.GoType.text(), true
}

// OverrideLine returns the line of the override that gives a column its Go
// type, or 0.
func (b *Block) OverrideLine(table, column, dbType string, notNull bool) int {
	if o := b.override(table, column, dbType, notNull); o != nil {
		return o.line
	}
	return 0
}

// override finds the override that counts for a column, or nil. The order is
// sqlc's: those for columns first, the global ones before the block's.
func (b *Block) override(table, column, dbType string, notNull bool) *override {
	for i := range b.overrides {
		if o := &b.overrides[i]; o.GoType.Name != "" && o.ofColumn(table, column) {
			return o
		}
	}
	for i := range b.overrides {
		if o := &b.overrides[i]; o.GoType.Name != "" && o.ofType(dbType, notNull) {
			return o
		}
	}
	return nil
}

// text is the type as sqlc writes it.
func (t *goType) text() string {
	name, prefix := t.Name[strings.LastIndexByte(t.Name, '/')+1:], ""
	for _, mark := range []string{"*", "[]"} { // before the path of a type that is written as a string
		if strings.HasPrefix(t.Name, mark) && !strings.HasPrefix(name, mark) {
			prefix = mark
		}
	}
	switch {
	case t.Package != "":
		name = t.Package + "." + name
	case t.Import != "":
		name = path.Base(t.Import) + "." + name
	}
	if t.Pointer {
		prefix = "*" + prefix
	}
	if t.Slice {
		prefix = "[]" + prefix
	}
	return prefix + name
}

// OverriddenColumn reports whether an override for columns gives a column of a
// table or view its Go type.
func (b *Block) OverriddenColumn(table, column string) bool {
	return b.Overridden(table, column, "", false)
}

// ofColumn compares the pattern [[catalog.]schema.]table.column, in whatever
// letters: see [Block.Spell].
func (o *override) ofColumn(table, column string) bool {
	parts := strings.Split(sqltext.Fold(o.Column), ".")
	n := len(parts)
	return (n == 2 || n == 3 && matches(parts[0], "main")) && matches(parts[n-2], sqltext.Fold(table)) && matches(parts[n-1], sqltext.Fold(column))
}

// ofType compares as sqlc does: capitals count, blanks don't exist.
func (o *override) ofType(dbType string, notNull bool) bool {
	return o.DBType != "" && o.DBType == strings.Join(strings.Fields(dbType), "") && (o.Nullable || o.Null) != notNull && !o.Unsigned
}

// matches knows sqlc's patterns: * and ? stand for other characters, and after
// a backslash for themselves.
func matches(pattern, name string) bool {
	ok, err := regexp.MatchString("^"+wildcards.Replace(regexp.QuoteMeta(pattern))+"$", name)
	return ok && err == nil
}

// wildcards turns a quoted pattern into a regular expression.
var wildcards = strings.NewReplacer(`\\\*`, `\*`, `\\\?`, `\?`, `\\\\`, `\\`, `\*`, `.*`, `\?`, `.`)
