package conformance

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

// texts are such that some layer might change them.
var texts = []struct{ name, text string }{
	{"empty", ""},
	{"a NUL", "a\x00b\x00"},
	{"a byte order mark", "\ufeffa"},
	{"two of them", "\ufeff\ufeff"},
	{"quotes", `'"` + "`\\\n\r\t\u2028"},
	{"all planes", "é€\U0001f43f\U0010ffff"},
	{"a digit", "5.0"},
	{"a time", "2026-05-04 10:00:00"},
	{"JSON", `{"a":"\u00e9"}`},
	{"long", strings.Repeat("x\"", 50_000)},
}

var integers = []int64{0, 1, -1, math.MaxInt32, math.MinInt32 - 1, 1<<53 - 1, -(1<<53 - 1)}

var floats = []float64{0, 1, -1.5, 0.1, 1e300, -math.MaxFloat64, math.SmallestNonzeroFloat64, 1 << 53, 1e17, 1e21, math.Pi}

// values are bound and come back, and SQLite is asked what it takes them for.
var values = func() []Case {
	noon := time.Date(2026, 5, 4, 12, 0, 0, 123456000, time.FixedZone("", 7200))
	cases := []Case{
		scan[*string]("NULL", "SELECT ?", nil),
		scan[string]("type of NULL", "SELECT typeof(?)", nil),
		scan[bool]("true", "SELECT ?", true),
		scan[bool]("false", "SELECT ?", false),
		scan[string]("type of a bool", "SELECT typeof(?)", true),
		scan[string]("type of an integer", "SELECT typeof(?)", 5),
		scan[string]("type of a float", "SELECT typeof(?)", 5.0),
		scan[int64]("an integer is divided", "SELECT ? / 2", 5),
		scan[float64]("a float is divided", "SELECT ? / 2", 5.0),
		scan[string]("an integer as text", "SELECT CAST(? AS TEXT)", 5),
		scan[string]("an integer is concatenated", "SELECT ? || '.'", 5),
		scan[string]("a float is concatenated", "SELECT ? || '.'", 5.0),
		scan[bool]("an integer is no text", "SELECT ? = '5'", 5),
		scan[int64]("a number twice", "SELECT ?1 * ?1 + ?2", 3, 4),
		scan[string]("a quoted question mark", "SELECT '?' || ? /* ? */ || \"?\" FROM (SELECT 'x' AS \"?\") -- ?", 7),
		scan[int64]("minus an integer", "SELECT -?", 5),
		scan[int64]("a bit", "SELECT ~?&?", 5, 7),
		scan[string]("json_extract", "SELECT json_extract(?, '$[' || ? || ']')", "[10,20]", 1),
		scan[string]("json_array", "SELECT json_array(?, ?, ?)", 5, 5.0, "5"),
		scan[string]("type of a time", "SELECT typeof(?)", noon),
		scan[string]("a time as text", "SELECT ?", noon),
		scan[string]("a time for SQLite", "SELECT datetime(?)", noon),
		scan[drey.TextTime]("a time", "SELECT ?", noon),
		scan[drey.TextTime]("a TextTime", "SELECT ?", drey.TextTime{Time: noon}),
		scan[bool]("a TextTime is a time", "SELECT ? = ?", noon, drey.TextTime{Time: noon}),
		scan[drey.TextTime]("a time of SQLite's", "SELECT datetime('2026-05-04 10:00:00')"),
		scan[drey.TextTime]("a time in a zone", "SELECT '2026-05-04T12:00:00+02:00'"),
		scan[drey.TextTime]("a time in UTC", "SELECT '2026-05-04T12:00:00.5Z'"),
		scan[*drey.TextTime]("no time", "SELECT NULL"),
		scan[drey.TextTime]("a text that is no time: wrong", "SELECT 'noon'"),
		scan[[]byte]("bytes", "SELECT ?", []byte{0, 1, 0xff, 0x80}),
		scan[[]byte]("empty bytes", "SELECT ?", []byte{}),
		scan[sql.Null[[]byte]]("empty bytes that may be NULL", "SELECT ?", []byte{}),
		scan[any]("empty bytes as any", "SELECT ?", []byte{}),
		scan[string]("type of empty bytes", "SELECT typeof(?)", []byte{}),
		scan[string]("type of nil bytes", "SELECT typeof(?)", []byte(nil)),
		scan[string]("NaN", "SELECT typeof(?)", math.NaN()),
		scan[int64]("SELECT of a large number as a float", "SELECT 1e300 > ?", 5),
		// Values at the edge of what D1 takes: see Differences.
		scan[int64]("2^53", "SELECT ?", int64(1<<53)),
		scan[int64]("the largest integer", "SELECT ?", int64(math.MaxInt64)),
		scan[int64]("the smallest integer", "SELECT ?", int64(math.MinInt64)),
		scan[int64]("an integer result past 2^53", "SELECT 9007199254740993"),
		scan[string]("an integer result past 2^53 as text", "SELECT 9007199254740993"),
		scan[string]("a cast integer result past 2^53", "SELECT CAST(9007199254740993 AS TEXT)"),
		scan[float64]("infinity", "SELECT ?", math.Inf(1)),
		scan[string]("text that is not UTF-8", "SELECT hex(?)", "\xff"),
		scan[string]("a lone surrogate", "SELECT hex(?)", "\xed\xa0\x80"),
		scan[int64]("100 parameters", "SELECT 0 IN (?"+strings.Repeat(",?", 99)+")", repeat(1, 100)...),
		scan[int64]("101 parameters", "SELECT 0 IN (?"+strings.Repeat(",?", 100)+")", repeat(1, 101)...),
		scan[int64]("too few arguments", "SELECT ? + ?", 1),
	}
	for _, n := range integers {
		cases = append(cases, scan[int64](fmt.Sprint("integer ", n), "SELECT ?", n))
	}
	for _, f := range floats {
		cases = append(cases, scan[float64](fmt.Sprint("float ", f), "SELECT ?", f))
	}
	for _, t := range texts {
		cases = append(cases, scan[string]("text: "+t.name, "SELECT ?", t.text), scan[int64]("length of text: "+t.name, "SELECT length(CAST(? AS BLOB))", t.text))
	}
	return append(cases, Case{"a stored row", func(ctx context.Context, c *db.Client) (any, error) {
		click := db.Click{
			ID: 1<<53 - 1, LinkID: 100, ClickedAt: drey.Unix(time.Unix(-1, 0)), Country: new("XX"), Referrer: new("\ufeff\x00"),
			Visitor: hash(128)[:16], IsBot: new(true), LatencyMS: new(7.0),
		}
		return db.Clicks.Insert().Returning(ctx, c, click)
	}})
}()

func repeat(v any, n int) []any {
	list := make([]any, n)
	for i := range list {
		list[i] = v
	}
	return list
}
