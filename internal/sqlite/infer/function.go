package infer

import "strings"

// nullRule tells when a function returns NULL.
type nullRule uint8

const (
	strictNull nullRule = iota // if an argument is NULL, and only then
	neverNull
	someNull // if an argument is NULL, and for some values too
)

// function is what is known about one of SQLite's scalar functions.
type function struct {
	class Class
	null  nullRule
	same  bool   // of the class of its first argument
	yes   bool   // 0 or 1
	blobs bool   // makes a blob of a blob
	why   string // why it is NULL for some rows whatever its arguments are; "" if it is not
}

// functions are SQLite's scalar functions except those that handle NULL or pick one
// of their arguments, which expr treats separately.
var functions = table(
	names("lower upper trim ltrim rtrim replace", function{class: Text}),
	names("substr substring", function{class: Text, blobs: true}),
	names("highlight snippet", function{class: Text, null: neverNull, why: fts5Null}),
	names("json json_pretty json_array_insert json_insert json_replace json_set json_patch json_remove json_quote", function{class: Text, null: someNull}),
	names("hex quote char typeof soundex concat json_array json_object sqlite_version sqlite_source_id", function{class: Text, null: neverNull}),
	names("format printf concat_ws date time datetime strftime timediff json_type unistr unistr_quote sqlite_compileoption_get", function{class: Text, null: someNull}),
	names("length instr octet_length json_valid", function{class: Integer}),
	names("glob like regexp", function{class: Integer, yes: true}),
	names("unicode sign unixepoch json_array_length json_error_position", function{class: Integer, null: someNull}),
	names("random changes total_changes last_insert_rowid sqlite_compileoption_used", function{class: Integer, null: neverNull}),
	names("abs ceil ceiling floor trunc likely unlikely likelihood", function{same: true}),
	names("round", function{class: Real}),
	names("julianday acos acosh asin asinh atan atan2 atanh cos cosh degrees exp ln log log10 log2 mod pow power radians sin sinh sqrt tan tanh", function{class: Real, null: someNull}),
	names("pi bm25", function{class: Real, null: neverNull}),
	names("randomblob zeroblob", function{class: Blob, null: neverNull}),
	names("unhex jsonb jsonb_array jsonb_extract jsonb_insert jsonb_object jsonb_patch jsonb_remove jsonb_replace jsonb_set", function{class: Blob, null: someNull}),
	names("json_extract", function{why: noPath}),
	names("subtype load_extension fts5_source_id", function{null: someNull}),
)

// aggregate is what is known about an aggregate or window function.
type aggregate struct {
	class  Class
	same   bool // of the class of its first argument
	never  bool // never NULL
	always bool // NULL for some rows whatever its argument is
	window bool // a window function only
}

var aggregates = map[string]aggregate{
	"count":             {class: Integer, never: true},
	"sum":               {same: true},
	"total":             {class: Real, never: true},
	"avg":               {class: Real},
	"median":            {class: Real},
	"min":               {same: true},
	"max":               {same: true},
	"group_concat":      {class: Text},
	"string_agg":        {class: Text},
	"json_group_array":  {class: Text, never: true},
	"json_group_object": {class: Text, never: true},
	"row_number":        {class: Integer, never: true, window: true},
	"rank":              {class: Integer, never: true, window: true},
	"dense_rank":        {class: Integer, never: true, window: true},
	"ntile":             {class: Integer, never: true, window: true},
	"percent_rank":      {class: Real, never: true, window: true},
	"cume_dist":         {class: Real, never: true, window: true},
	"lag":               {same: true, always: true, window: true},
	"lead":              {same: true, always: true, window: true},
	"nth_value":         {same: true, always: true, window: true},
	"first_value":       {same: true, window: true},
	"last_value":        {same: true, window: true},
}

func table(parts ...map[string]function) map[string]function {
	all := map[string]function{}
	for _, part := range parts {
		for name, f := range part {
			all[name] = f
		}
	}
	return all
}

func names(list string, f function) map[string]function {
	m := map[string]function{}
	for _, name := range strings.Fields(list) {
		m[name] = f
	}
	return m
}
