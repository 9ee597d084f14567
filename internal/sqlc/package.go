// Package sqlc runs sqlc, linked as a library, in a staging folder and reads back
// the Go that it wrote: row types, parameters, SQL text and scans. drey takes what
// it generates and verifies from that Go, so overrides, renames and emit options
// hold by construction.
//
// sqlc does not read the migrations. It gets the schema that they leave in the
// database, in SQL that it understands (package v131), and the queries one by one,
// in ASCII and with names spelled as in the schema. This corrects what sqlc gets
// wrong with characters outside of ASCII, with capitals, brackets and backticks in
// names, with the ends of statements, and with views that it cannot read. Each of
// its complaints leads to a line of the project's own files, also when it crashes.
// Apart from that the Go is what sqlc writes by itself, byte by byte, until it is
// completed with what drey knows better: see [Package.Complete].
package sqlc

// Package is one Go package as sqlc wrote it.
type Package struct {
	Name    string
	Files   map[string][]byte // by file name, without folder
	Imports map[string]string // import path by the name that types in this package use for it
	Models  []*Struct         // every struct of models.go
	Queries []*Method         // by name
	Idents  map[string]string // every package-level identifier, with the file that declares it

	known *known
}

// Struct is a struct type.
type Struct struct {
	Name   string
	Fields []Field
}

// Field is a struct field. Type is its source text, as in "sql.NullString".
type Field struct {
	Name string
	Type string
	Via  string // of a destination: the function that it is scanned through, or ""
}

// Method is one generated query method.
type Method struct {
	Name      string
	Cmd       string  // from the "-- name:" line in the constant
	Const     string  // the name of the constant that holds the SQL
	SQL       string  // its value, the "-- name:" line included
	Signature []Field // the parameters after ctx (and db): one Params struct, or the arguments themselves
	Args      []Arg   // what is bound, in order
	ArgsType  *Struct // the Params struct, nil if the arguments are passed one by one
	Row       string  // the row's type as in the signature, without [] and *: "Link", "LinkStatsRow", "int64"; "" for :exec
	RowPtr    bool    // the signature has *Row
	RowType   *Struct // nil if Row is not a struct of this package
	Scan      []Field // destinations in order: Name is the path below the row ("ID", "Link.ID"), "" for a scalar row
}

// Arg is one bound argument.
type Arg struct {
	Expr   string // as in the call: "arg.UserID", "slug"
	Name   string // "UserID", "slug"
	Type   string // "int64", "[]int64" for a slice
	Slice  bool   // expanded from sqlc.slice
	Marker string // the text that the slice replaces: "/*SLICE:ids*/?"
	Via    string // the function that it, or each element of it, is bound through, or ""
}
