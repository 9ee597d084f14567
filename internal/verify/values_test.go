package verify_test

import (
	"database/sql"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/dreysql/drey/internal/verify"
)

// valueColumns are the columns of the table t in which the expressions calculate.
const valueColumns = `i INTEGER NOT NULL, n INTEGER, r REAL NOT NULL, x REAL, t TEXT NOT NULL, s TEXT, b BLOB,
	f BOOLEAN NOT NULL, g BOOLEAN, d DATETIME NOT NULL, e DATETIME, day DATE, amount DECIMAL(10, 2), num NUMERIC NOT NULL, u`

// valueForms are the expressions; %[1]s is a column.
var valueForms = []string{
	"sum(%[1]s)", "total(%[1]s)", "avg(%[1]s)", "min(%[1]s)", "max(%[1]s)", "count(%[1]s)", "group_concat(%[1]s)",
	"sum(DISTINCT %[1]s)", "coalesce(sum(%[1]s), 0)", "sum(%[1]s * 2)", "sum(CASE WHEN f THEN %[1]s END)",
	"sum(CASE WHEN f THEN %[1]s ELSE 0 END)", "sum(coalesce(%[1]s, 0))", "max(%[1]s) FILTER (WHERE f)",
	"sum(%[1]s) OVER (ORDER BY id)", "lag(%[1]s) OVER (ORDER BY id)", "lead(%[1]s, 1, 0) OVER (ORDER BY id)",
	"lag(%[1]s, 1, %[1]s) OVER (ORDER BY id)", "first_value(%[1]s) OVER (ORDER BY id)", "nth_value(%[1]s, 2) OVER (ORDER BY id)",
	"sum(%[1]s) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING)", "row_number() OVER (ORDER BY %[1]s)",
	"abs(%[1]s)", "round(%[1]s)", "round(%[1]s, 1)", "ceil(%[1]s)", "floor(%[1]s)", "trunc(%[1]s)", "sign(%[1]s)", "length(%[1]s)", "upper(%[1]s)",
	"substr(%[1]s, 1, 1)", "instr(%[1]s, 'a')", "hex(%[1]s)", "typeof(%[1]s)", "trim(%[1]s)", "replace(%[1]s, 'a', 'b')",
	"coalesce(%[1]s, 0)", "coalesce(%[1]s, '')", "coalesce(%[1]s, %[1]s)", "coalesce(%[1]s, 1.5)", "ifnull(%[1]s, 1)", "nullif(%[1]s, 0)", "nullif(%[1]s, '')",
	"iif(f, %[1]s, 0)", "iif(f, %[1]s, %[1]s)", "iif(f, 1, 0)", "min(%[1]s, 1)", "max(%[1]s, %[1]s)", "min(i, %[1]s)",
	"CASE WHEN f THEN %[1]s END", "CASE WHEN f THEN %[1]s ELSE %[1]s END", "CASE WHEN f THEN %[1]s ELSE 0 END", "CASE WHEN %[1]s IS NULL THEN 'none' ELSE 'some' END",
	"CASE %[1]s WHEN 1 THEN 'a' WHEN 2 THEN 'b' END", "CASE WHEN f THEN 1 ELSE 0 END",
	"CAST(%[1]s AS INTEGER)", "CAST(%[1]s AS REAL)", "CAST(%[1]s AS TEXT)", "CAST(%[1]s AS BLOB)", "CAST(%[1]s AS NUMERIC)", "CAST(%[1]s AS BOOLEAN)", "CAST(%[1]s AS DATETIME)",
	"CAST(nullif(%[1]s, 0) AS INTEGER)", "CAST(max(%[1]s) AS INTEGER)", "CAST(sum(%[1]s) AS REAL)", "CAST(sum(%[1]s) AS INTEGER)", "CAST(coalesce(max(%[1]s), 0) AS INTEGER)",
	"CAST(json_extract(t, '$.a') AS INTEGER)", "CAST(json_extract('{\"a\":' || i || '}', '$.a') AS INTEGER)", "json_extract('{}', '$.a')",
	"'{\"a\":1}' ->> '$.a'", "'{}' -> '$.a'",
	"-%[1]s", "+%[1]s", "~%[1]s", "NOT %[1]s", "%[1]s + 1", "%[1]s * 2", "%[1]s * 1.5", "%[1]s - %[1]s", "%[1]s * %[1]s", "i * %[1]s", "%[1]s / 2", "%[1]s / i", "%[1]s %% 2", "2 / %[1]s", "%[1]s << 1", "%[1]s & 3",
	"%[1]s || 'x'", "%[1]s || %[1]s", "%[1]s = 1", "%[1]s <> t", "%[1]s IS NULL", "%[1]s IS 1", "%[1]s IN (1, 2)", "%[1]s NOT IN (SELECT n FROM t)", "%[1]s LIKE 'a%%'", "%[1]s BETWEEN 1 AND 2", "%[1]s AND f", "%[1]s > 0 OR f",
	"(SELECT %[1]s FROM t LIMIT 1)", "(SELECT max(%[1]s) FROM t)", "(SELECT sum(%[1]s) FROM t)", "(SELECT count(*) FROM t WHERE %[1]s IS NULL)", "EXISTS (SELECT 1 FROM t WHERE %[1]s = 1)",
	"date(%[1]s)", "datetime(%[1]s)", "strftime('%%Y', %[1]s)", "unixepoch(%[1]s)", "julianday(%[1]s)", "json_array(%[1]s)", "json_object('a', %[1]s)", "json_group_array(%[1]s)",
	"max(%[1]s) - min(%[1]s)", "sum(%[1]s) / count(*)", "sum(%[1]s) * 100 / nullif(count(%[1]s), 0)", "sum(%[1]s) + sum(i)", "avg(%[1]s) * 2", "total(%[1]s) + 1",
	"9007199254740993", "9007199254740993 + %[1]s * 0", "1.5", "NULL", "%[1]s",
}

// valueRows are what is in the table, one statement for each time that all
// queries are run. Of NULLs and zeros there are some in each but the first.
var valueRows = []string{
	"",
	"INSERT INTO t (i, r, t, f, d, num) VALUES (0, 0, '', 0, '2026-01-31 12:00:00', 0)",
	"INSERT INTO t VALUES (1, 9007199254740993, 9007199254740993, 0.1, 1e300, 'a', '', x'00', 1, 0, '2026-01-31 12:00:00.5', '1969-12-31 23:59:59', '2026-02-28', 12.34, 5, 9007199254740993)," +
		"(2, 1, NULL, 2, NULL, '1', NULL, NULL, 0, NULL, '2026-01-31 12:00:00', NULL, NULL, NULL, 7.25, 'text')",
	"INSERT INTO t VALUES (1, 9223372036854775807, -9223372036854775808, -0.5, 2, '{\"a\":9007199254740993}', '2.5', x'ff', 0, 1, '0001-01-01 00:00:00', '9999-12-31 23:59:59', '2026-02-28', 3, 9007199254740992, NULL)",
}

// goTypes make what a result is scanned into, by its Go type.
var goTypes = map[string]reflect.Type{
	"int64": reflect.TypeFor[int64](), "*int64": reflect.TypeFor[*int64](), "sql.NullInt64": reflect.TypeFor[sql.NullInt64](),
	"float64": reflect.TypeFor[float64](), "*float64": reflect.TypeFor[*float64](), "sql.NullFloat64": reflect.TypeFor[sql.NullFloat64](),
	"string": reflect.TypeFor[string](), "*string": reflect.TypeFor[*string](), "sql.NullString": reflect.TypeFor[sql.NullString](),
	"bool": reflect.TypeFor[bool](), "*bool": reflect.TypeFor[*bool](), "sql.NullBool": reflect.TypeFor[sql.NullBool](),
	"time.Time": reflect.TypeFor[time.Time](), "*time.Time": reflect.TypeFor[*time.Time](), "sql.NullTime": reflect.TypeFor[sql.NullTime](),
	"[]byte": reflect.TypeFor[[]byte](), "interface{}": reflect.TypeFor[any](),
}

// TestValuesComeBack lets sqlc generate a query for each expression over each
// column, and runs those without an error on tables of extreme values: the Go type
// of the result accepts each value, and returns it unchanged.
func TestValuesComeBack(t *testing.T) {
	for _, options := range []string{"", "emit_pointers_for_null_types: true"} {
		t.Run(options, func(t *testing.T) {
			t.Parallel()
			valuesComeBack(t, options)
		})
	}
}

func valuesComeBack(t *testing.T, options string) {
	columns := []string{"i", "n", "r", "x", "t", "s", "b", "f", "g", "d", "e", "day", "amount", "num", "u"}
	expr := map[string]string{} // by query
	var queries strings.Builder
	for i, form := range valueForms {
		for _, column := range columns {
			if !strings.Contains(form, "%[1]s") && column != "i" {
				continue
			}
			name := fmt.Sprintf("Q%d%s", i, strings.ToUpper(column))
			expr[name] = fmt.Sprintf(strings.ReplaceAll(form, "%%", "%%"), column)
			if !strings.Contains(form, "%[1]s") {
				expr[name] = form
			}
			fmt.Fprintf(&queries, "-- name: %s :many\nSELECT %s AS value FROM t;\n\n", name, expr[name])
		}
	}
	p := openValues(t, options, queries.String())
	if refused := p.generate(t); refused != nil { // what sqlc cannot read
		left := queries.String()
		for _, r := range refused {
			_, rest, _ := strings.Cut(left, "-- name: "+r.Query+" :many\n")
			statement, _, _ := strings.Cut(rest, "\n\n")
			left = strings.Replace(left, "-- name: "+r.Query+" :many\n"+statement+"\n\n", "", 1)
			delete(expr, r.Query)
		}
		t.Logf("sqlc cannot read %d of the queries: %v", len(refused), refused[0])
		p = openValues(t, options, left)
		if refused := p.generate(t); refused != nil {
			t.Fatal(refused)
		}
	}
	problems, warnings, completions := verify.Package(p.input)
	loud := map[string]bool{}
	for _, problem := range append(slices.Clone(problems), warnings...) {
		loud[problem.Query] = true
	}
	after, err := p.input.Package.Complete(completions)
	must(t, err)
	t.Logf("%d queries, %d errors, %d warnings, %d completed", len(after.Queries), len(problems), len(warnings), len(completions.Methods))
	db, err := p.memory.Open(nil)
	must(t, err)
	defer db.Close()
	if len(after.Queries) < 1000 || len(loud) > len(after.Queries)/4 {
		t.Errorf("%d of %d queries have errors or warnings", len(loud), len(after.Queries))
	}
	for _, rows := range valueRows {
		_, err := db.Exec("DELETE FROM t; " + rows)
		must(t, err)
		for _, m := range after.Queries {
			if loud[m.Name] {
				continue
			}
			typ := goTypes[m.Scan[0].Type]
			if typ == nil {
				t.Fatalf("%s is of type %s", expr[m.Name], m.Scan[0].Type)
			}
			decimal := strings.Contains(expr[m.Name], "amount") || strings.Contains(expr[m.Name], "num")
			if fault := comesBack(db, m.SQL, typ, m.Scan[0].Via, decimal); fault != "" {
				t.Errorf("%s is of type %s: %s", expr[m.Name], m.Scan[0].Type, fault)
			}
		}
	}
	if testing.Verbose() {
		for _, problem := range append(slices.Clone(problems), warnings...) {
			t.Logf("%s: %v", expr[problem.Query], problem.Msg)
		}
	}
}

func openValues(t *testing.T, options, queries string) *testProject {
	t.Helper()
	archive := &txtar.Archive{Files: []txtar.File{
		{Name: "migrations/00001_init.sql", Data: []byte("-- +goose Up\nCREATE TABLE t (id INTEGER PRIMARY KEY, " + valueColumns + ");\n")},
		{Name: "sql/queries.sql", Data: []byte(queries)},
	}}
	withOptions(archive, options)
	return open(t, archive)
}

// comesBack runs a query twice: into its Go type, and into what the driver
// gives. A query that fails itself is loud enough, and so is a Scan of what
// arithmetic has made of integers past their 64 bits, a REAL. What is calculated
// with decimal columns is a float64, as those are.
func comesBack(db *sql.DB, query string, typ reflect.Type, via string, decimal bool) string {
	raw, err := db.Query(query)
	if err != nil {
		return ""
	}
	defer raw.Close()
	typed, err := db.Query(query)
	if err != nil {
		return ""
	}
	defer typed.Close()
	for raw.Next() && typed.Next() {
		var want any
		if err := raw.Scan(&want); err != nil {
			return err.Error()
		}
		if via == "scanTime" { // as the runtime has it: see its TestScanTime
			if _, ok := want.(string); ok != (want != nil) {
				return fmt.Sprintf("a time is computed from %T", want)
			}
			if want == nil && typ == reflect.TypeFor[time.Time]() {
				return "the time is NULL"
			}
			continue
		}
		to := reflect.New(typ)
		if err := typed.Scan(to.Interface()); err != nil {
			if real, ok := want.(float64); ok && math.Abs(real) >= 1<<63 {
				continue
			}
			return err.Error()
		}
		if n, ok := want.(int64); ok && decimal {
			want = float64(n)
			if b, ok := bare(to.Elem().Interface()).(float64); ok && b == want {
				continue
			}
			want = n
		}
		if got := bare(to.Elem().Interface()); !same(got, want) {
			return fmt.Sprintf("SQLite has %T(%v), Go has %T(%v)", want, want, got, got)
		}
	}
	if raw.Err() == nil && typed.Err() != nil {
		return typed.Err().Error()
	}
	return ""
}

// bare is a value without the pointer or struct around it, nil for NULL.
func bare(v any) any {
	switch v := v.(type) {
	case sql.NullInt64:
		return valid(v.Int64, v.Valid)
	case sql.NullFloat64:
		return valid(v.Float64, v.Valid)
	case sql.NullString:
		return valid(v.String, v.Valid)
	case sql.NullBool:
		return valid(v.Bool, v.Valid)
	case sql.NullTime:
		return valid(v.Time, v.Valid)
	}
	if r := reflect.ValueOf(v); r.Kind() == reflect.Pointer {
		if r.IsNil() {
			return nil
		}
		return r.Elem().Interface()
	}
	return v
}

func valid(v any, ok bool) any {
	if !ok {
		return nil
	}
	return v
}

// same reports whether a Go value is what SQLite had, to the last digit.
func same(got, want any) bool {
	switch want := want.(type) {
	case nil:
		b, ok := got.([]byte)
		return got == nil || ok && b == nil
	case int64:
		switch got := got.(type) {
		case bool:
			return want == 0 && !got || want == 1 && got
		case float64:
			return int64(got) == want && math.Abs(got) < 1<<63 && float64(want) == got
		case string:
			return got == fmt.Sprint(want)
		case []byte:
			return string(got) == fmt.Sprint(want)
		}
	case float64:
		switch got := got.(type) {
		case string: // an integer column's text, or a value without a declared type
			return true
		case []byte:
			return true
		case float64:
			return got == want
		}
	case time.Time:
		at, ok := got.(time.Time)
		return ok && at.Equal(want)
	case []byte:
		if text, ok := got.(string); ok {
			return text == string(want)
		}
	case string:
		if b, ok := got.([]byte); ok {
			return string(b) == want
		}
	}
	return reflect.DeepEqual(got, want)
}
