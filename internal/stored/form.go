package stored

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/gotype"
	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/sqltime"
)

// Form is the one form in which the values of a column are stored: what Go binds
// for a value of the column's type.
type Form struct {
	Type string // Go's, without what makes it nullable
	Text string // what it looks like, as in "the integer 0 or 1"
	Time sqltime.Form

	integer bool   // of whatever size
	moment  bool   // of times, which are in UTC
	null    bool   // NULL is a value of the type
	unix    string // for an integer of time: the expression, with $a for the arguments of a time function

	samples []string // values in the form, as SQL

	ok   string // a condition on $c: the value is in the form
	mend string // an expression: the value of $c in the form, NULL where that is not known
}

// OK is a condition: the value of column, which is quoted SQL, is in the form. It
// is never NULL, but for NULL it says nothing.
func (f *Form) OK(column string) string { return strings.ReplaceAll(f.ok, "$c", column) }

// Of is an expression: the value of column in the form, NULL where no value of
// the form means the same.
func (f *Form) Of(column string) string { return strings.ReplaceAll(f.mend, "$c", column) }

// FormOf returns the form of a column's values for a Go type. It is nil if the
// type is not known, if it takes every value, or if a column of that declared
// type is not one for the Go type in the first place; drey reports that
// elsewhere.
func FormOf(typ gotype.Type, declared string) *Form {
	k, ok := forms[typ.Base]
	if !ok {
		if _, isInteger := gotype.Integers[typ.Base]; !isInteger {
			return nil
		}
		k = integer
	}
	affinity := infer.AffinityOf(declared)
	if !slices.Contains(k.affinities, affinity) {
		return nil
	}
	f := k.form(typ.Base, declared, affinity)
	if f != nil {
		f.Type = cmp.Or(typ.Named, typ.Base)
	}
	return f
}

// kind makes the form of a Go type.
type kind struct {
	affinities []infer.Affinity // of columns that are for the type
	form       func(base, declared string, affinity infer.Affinity) *Form
}

var (
	all     = []infer.Affinity{infer.BlobAffinity, infer.TextAffinity, infer.NumericAffinity, infer.IntegerAffinity, infer.RealAffinity}
	numeric = []infer.Affinity{infer.NumericAffinity, infer.IntegerAffinity}
	dated   = []infer.Affinity{infer.NumericAffinity, infer.TextAffinity}
)

// finite is a condition: the value is not infinite. An infinite number does not
// have a text that SQLite reads.
const finite = "(typeof($c) <> 'real' OR $c NOT IN (9e999, -9e999))"

// forms are those of the types that drey and sqlc know, but for the integers.
var forms = map[string]kind{
	"bool": {numeric, func(string, string, infer.Affinity) *Form {
		return &Form{
			Text:    "the integer 0 or 1",
			samples: []string{"0", "1"},
			ok:      "typeof($c) = 'integer' AND $c IN (0, 1)",
			mend: "CASE WHEN typeof($c) IN ('integer', 'real') THEN $c <> 0" +
				" WHEN lower(CAST($c AS TEXT)) IN ('true', 't', 'yes', 'y', 'on', '1') THEN 1" +
				" WHEN lower(CAST($c AS TEXT)) IN ('false', 'f', 'no', 'n', 'off', '0') THEN 0 END",
		}
	}},
	"float64": {append(numeric, infer.RealAffinity), float},
	"float32": {append(numeric, infer.RealAffinity), float32Form},
	"string": {all, func(_, declared string, affinity infer.Affinity) *Form {
		if sqltime.FormOf(declared) != sqltime.None {
			return nil // the driver makes a time of it
		}
		f := &Form{Text: "text", ok: "typeof($c) = 'text'", mend: "CAST($c AS TEXT)"}
		if affinity != infer.BlobAffinity {
			f.ok = "typeof($c) <> 'blob' AND " + finite // a number is the text that it is written as
		}
		return f
	}},
	"[]byte": {all, func(string, string, infer.Affinity) *Form {
		return &Form{Text: "a blob", ok: "typeof($c) = 'blob'", mend: "CAST(CAST($c AS TEXT) AS BLOB)"}
	}},
	"JSON": {dated, func(_, declared string, _ infer.Affinity) *Form {
		if sqltime.FormOf(declared) != sqltime.None {
			return nil
		}
		return &Form{Text: "JSON, as text", null: true, ok: "typeof($c) <> 'blob' AND " + finite, mend: "CASE WHEN json_valid($c, 4) THEN json($c) WHEN json_valid(CAST($c AS TEXT)) THEN CAST($c AS TEXT) END"}
	}},
	"time.Time": {dated, func(_, declared string, _ infer.Affinity) *Form { return times(sqltime.FormOf(declared)) }},
	"TextTime": {dated, func(_, declared string, _ infer.Affinity) *Form {
		if sqltime.FormOf(declared) == sqltime.Date {
			return times(sqltime.Date)
		}
		return times(sqltime.Time)
	}},
	"UnixTime": {numeric, func(string, string, infer.Affinity) *Form {
		return unix("seconds", -62167219200, 253402300799, "unixepoch($a)")
	}},
	"UnixMilli": {numeric, func(string, string, infer.Affinity) *Form {
		return unix("milliseconds", -62167219200000, 253402300799999, "CAST(round(unixepoch($a, 'subsec') * 1000) AS INTEGER)")
	}},
}

// integer is the form of every integer type.
var integer = kind{numeric, func(base, _ string, _ infer.Affinity) *Form {
	r := gotype.Integers[base]
	f := &Form{Text: "an integer", integer: true, samples: []string{"0", "1", "-1", "2", "7", "10", "42", "100", "1000", "100000", "2147483647"}, unix: "unixepoch($a)", ok: "typeof($c) = 'integer'", mend: "CASE WHEN CAST($c AS TEXT) = CAST($c AS INTEGER) THEN CAST($c AS INTEGER) END"}
	if r != gotype.Integers["int64"] {
		between := fmt.Sprintf(" BETWEEN %d AND %d", r.Min, r.Max)
		f.Text += " from " + strings.Replace(between[len(" BETWEEN "):], "AND", "to", 1)
		f.ok += " AND $c" + between
		f.mend = strings.Replace(f.mend, " THEN", " AND CAST($c AS INTEGER)"+between+" THEN", 1)
	}
	return f
}}

func float(string, string, infer.Affinity) *Form {
	return &Form{
		Text: "a number that a float64 holds exactly",
		ok:   "(typeof($c) = 'real' OR typeof($c) = 'integer' AND CAST($c AS REAL) = $c)",
		mend: "NULL", // what looks like a number is one already, by the column's affinity
	}
}

// rounded is an expression: a number with the 24 bits that a float32 has for it.
// What the product loses of the number are its other 29 bits (Veltkamp's split). A
// number that is too small for that has fewer bits: it is a multiple of the smallest.
const rounded = "(CASE WHEN abs($r) >= 1.1754943508222875e-38 THEN $r * 536870913.0 - ($r * 536870913.0 - $r) ELSE round($r * 7.1362384635298e44) / 7.1362384635298e44 END)"

func float32Form(string, string, infer.Affinity) *Form {
	hi := strings.ReplaceAll(rounded, "$r", "CAST($c AS REAL)")
	return &Form{
		Text: "a number that a float32 holds exactly",
		ok:   "(typeof($c) IN ('real', 'integer') AND ($c IN (9e999, -9e999) OR abs(CAST($c AS REAL)) <= 3.4028234663852886e38 AND " + hi + " = $c))",
		mend: "CASE WHEN typeof($c) IN ('real', 'integer') AND abs(" + hi + ") <= 3.4028234663852886e38 THEN " + hi + " END",
	}
}

// plainTime are the cases in which it is quick to tell that a time is in its form:
// without a fraction and with one.
const plainTime = "CASE WHEN datetime($c) IS $c THEN 1" +
	" WHEN length($c) BETWEEN 21 AND 29 AND datetime($c) = substr($c, 1, 19) AND substr($c, 20, 1) = '.'" +
	" AND substr($c, 21) NOT GLOB '*[^0-9]*' AND $c NOT GLOB '*0' AND instr($c, char(0)) = 0 AND typeof($c) = 'text' THEN 1"

func times(form sqltime.Form) *Form {
	f := &Form{Time: form, mend: form.Of("$c")}
	switch form {
	case sqltime.Time:
		f.moment = true
		f.samples = []string{"'2026-01-31 20:15:00'", "'2026-01-31 20:15:00.5'", "'1999-12-31 00:00:00'", "'2100-01-31 20:15:00.123456789'"}
		f.Text = "text such as '2026-01-31 20:15:00' or '2026-01-31 20:15:00.5', in UTC"
		f.ok = plainTime + " ELSE typeof($c) = 'text' AND $c IS " + f.mend + " END"
	case sqltime.Date:
		f.samples = []string{"'2026-01-31'", "'1999-12-31'", "'2100-01-01'"}
		f.Text = "text such as '2026-01-31'"
		f.ok = "date($c) IS $c"
	default:
		return nil // the driver makes no time of it
	}
	return f
}

func unix(unit string, from, to int64, of string) *Form {
	return &Form{
		moment: true, unix: of,
		Text: "an integer of " + unit + " since 1970, in the years 0 to 9999",
		ok:   fmt.Sprintf("typeof($c) = 'integer' AND $c BETWEEN %d AND %d", from, to),
		mend: "CASE typeof($c) WHEN 'text' THEN " + strings.Replace(of, "$a", sqltime.Time.Of("$c"), 1) + fmt.Sprintf(" WHEN 'real' THEN CASE WHEN $c BETWEEN %d AND %d THEN CAST($c AS INTEGER) END END", from, to),
	}
}
