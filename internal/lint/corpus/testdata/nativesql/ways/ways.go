// Package ways has checks and their twins: those that do not hold on every way to the query.
//
// @native-sql written by hand for the test of what is constant
package ways

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"text/template"
	"unicode"

	"github.com/dreysql/drey/internal/lint/corpus/testdata/nativesql/ways/lib"
)

var db *sql.DB

var cols = map[string]string{"name": "name"}
var list = []string{"id", "name"}

func run(q string, args ...any) { db.Query(q, args...) } // ok: its callers are looked at

func BadOrder(r *http.Request) {
	s := r.FormValue("s")
	if s != "id" {
		s = "id"
	}
	s = r.FormValue("t")
	db.Query("SELECT id FROM customers ORDER BY " + s) // want `can be injected into`
}

func BadAfterCheck(r *http.Request) {
	s := r.FormValue("s")
	if !slices.Contains(list, s) {
		return
	}
	s += r.FormValue("t")
	db.Query("SELECT id FROM customers ORDER BY " + s) // want `can be injected into`
}

func BadWrongVar(r *http.Request) {
	s, t := r.FormValue("s"), r.FormValue("t")
	if !slices.Contains(list, s) {
		return
	}
	db.Query("SELECT id FROM customers ORDER BY " + t) // want `can be injected into`
}

func BadInverted(r *http.Request) {
	s := r.FormValue("s")
	if slices.Contains(list, s) {
		return
	}
	db.Query("SELECT id FROM customers ORDER BY " + s) // want `can be injected into`
}

func BadOr(r *http.Request) {
	s := r.FormValue("s")
	if slices.Contains(list, s) || r.FormValue("x") == "y" {
		db.Query("SELECT id FROM customers ORDER BY " + s) // want `can be injected into`
	}
}

func OkAnd(r *http.Request) {
	s := r.FormValue("s")
	if slices.Contains(list, s) && r.FormValue("x") == "y" {
		db.Query("SELECT id FROM customers ORDER BY " + s) // ok: checked on the way
	}
}

func BadFieldReassigned(f lib.Opts, r *http.Request) {
	if f.Sort != "id" {
		return
	}
	f.Sort = r.FormValue("s")
	db.Query("SELECT id FROM customers ORDER BY " + f.Sort) // want `can be injected into`
}

func OkFieldChecked(f *lib.Opts) {
	if f.Sort != "id" && f.Sort != "name" {
		f.Sort = "id"
	}
	db.Query("SELECT id FROM customers ORDER BY " + f.Sort) // ok: set where the check fails
}

func BadOtherField(f *lib.Opts) {
	if f.Sort != "id" {
		return
	}
	db.Query("SELECT id FROM customers ORDER BY " + f.Dir) // want `can be injected into`
}

func BadNotEmpty(f *lib.Opts) {
	if f.Sort == "" {
		return
	}
	db.Query("SELECT id FROM customers ORDER BY " + f.Sort) // want `can be injected into`
}

func BadNotBad(f *lib.Opts) {
	if f.Sort == "password" {
		return
	}
	db.Query("SELECT id FROM customers ORDER BY " + f.Sort) // want `can be injected into`
}

func BadContainsText(f *lib.Opts) {
	if strings.Contains(f.Sort, ";") {
		return
	}
	db.Query("SELECT id FROM customers ORDER BY " + f.Sort) // want `can be injected into`
}

func BadUserList(r *http.Request) {
	s := r.FormValue("s")
	if !slices.Contains(strings.Split(r.FormValue("l"), ","), s) {
		return
	}
	db.Query("SELECT id FROM customers ORDER BY " + s) // want `can be injected into`
}

func BadUserMap(r *http.Request) {
	seen := map[string]bool{}
	for _, s := range r.Form["s"] {
		if seen[s] {
			db.Query("SELECT id FROM customers ORDER BY " + s) // want `can be injected into`
		}
		seen[s] = true
	}
}

func BadLooseRegexp(r *http.Request) {
	s := r.FormValue("s")
	if !regexp.MustCompile(`.*`).MatchString(s) {
		return
	}
	db.Query("SELECT id FROM customers ORDER BY " + s) // want `can be injected into`
}

func BadUnanchored(r *http.Request) {
	s := r.FormValue("s")
	if !regexp.MustCompile(`[a-z]+`).MatchString(s) {
		return
	}
	db.Query("SELECT id FROM customers ORDER BY " + s) // want `can be injected into`
}

func OkRegexp(r *http.Request) {
	s := r.FormValue("s")
	if !regexp.MustCompile(`^[a-z_]+$`).MatchString(s) {
		return
	}
	db.Query("SELECT id FROM customers ORDER BY " + s) // ok: a narrow pattern for the whole text
}

func BadMultiline(r *http.Request) {
	s := r.FormValue("s")
	if !regexp.MustCompile(`(?m)^[a-z_]+$`).MatchString(s) {
		return
	}
	db.Query("SELECT id FROM customers ORDER BY " + s) // want `can be injected into`
}

func OkAtoi(r *http.Request) {
	s := r.FormValue("s")
	if _, err := strconv.Atoi(s); err != nil {
		return
	}
	db.Query("SELECT id FROM customers LIMIT " + s) // ok: a number
}

func BadAtoiIgnored(r *http.Request) {
	s := r.FormValue("s")
	_, _ = strconv.Atoi(s)
	db.Query("SELECT id FROM customers LIMIT " + s) // want `can be injected into`
}

func BadAtoiInverted(r *http.Request) {
	s := r.FormValue("s")
	if _, err := strconv.Atoi(s); err == nil {
		return
	}
	db.Query("SELECT id FROM customers LIMIT " + s) // want `can be injected into`
}

func OkLoop(r *http.Request) {
	s := r.FormValue("s")
	for _, c := range list {
		if c == s {
			db.Query("SELECT id FROM customers ORDER BY " + s) // ok: equal to an element of constants
		}
	}
}

func OkFound(r *http.Request) {
	s := r.FormValue("s")
	found := false
	for _, c := range list {
		if c == s {
			found = true
			break
		}
	}
	if !found {
		return
	}
	db.Query("SELECT id FROM customers ORDER BY " + s) // ok: a flag that only such an element sets
}

func BadFound(r *http.Request) {
	s := r.FormValue("s")
	found := true
	for _, c := range list {
		if c == s {
			found = false
		}
	}
	if !found {
		return
	}
	db.Query("SELECT id FROM customers ORDER BY " + s) // want `can be injected into`
}

func sanitize(s string) string { return strings.TrimSpace(s) }

func BadSanitize(r *http.Request) {
	db.Query("SELECT id FROM customers ORDER BY " + sanitize(r.FormValue("s"))) // want `can be injected into`
}

func sanitize2(s string) string { return strings.ReplaceAll(s, "'", "''") }

func OkSanitize2(r *http.Request) {
	db.Query("SELECT id FROM customers WHERE name = '" + sanitize2(r.FormValue("s")) + "'") // ok: a doubled quote between quotes
}

func escape(s string) string { return strings.ReplaceAll(s, "'", "''") }

func OkEscape(r *http.Request) {
	db.Query("SELECT id FROM customers WHERE name = '" + escape(r.FormValue("s")) + "'") // ok: a doubled quote between quotes
}

func BadEscapeBare(r *http.Request) {
	db.Query("SELECT id FROM customers WHERE name = " + escape(r.FormValue("s"))) // want `can be injected into`
}

func BadHTML(r *http.Request) {
	db.Query("SELECT id FROM customers WHERE name = '" + html.EscapeString(r.FormValue("s")) + "'") // want `can be injected into`
}

func BadURL(r *http.Request) {
	s, _ := url.QueryUnescape(r.FormValue("s"))
	db.Query("SELECT id FROM customers WHERE name = '" + s + "'") // want `can be injected into`
}

func BadPath(r *http.Request) {
	db.Query("SELECT id FROM customers WHERE name = '" + path.Base(r.URL.Path) + "'") // want `can be injected into`
}

func BadHelper(r *http.Request) {
	run("SELECT id FROM customers WHERE name = '" + r.FormValue("s") + "'") // want `can be injected into`
}

func BadLib(r *http.Request) {
	db.Query("SELECT id FROM customers ORDER BY " + lib.Upper(r.FormValue("s"))) // want `can be injected into`
}
func BadLib2(r *http.Request) {
	db.Query("SELECT id FROM customers ORDER BY " + lib.Twice("id", r.FormValue("s"))) // want `can be injected into`
}
func OkLib(r *http.Request) { db.Query("SELECT id FROM customers ORDER BY " + lib.Upper("id")) } // ok: a function of another package, of a constant
func OkLib2(r *http.Request) {
	db.Query("SELECT id FROM customers ORDER BY " + lib.Second(r.FormValue("s"), "id")) // ok: the function leaves the other argument out
}
func BadLib3(r *http.Request) {
	db.Query("SELECT id FROM customers ORDER BY " + lib.Second("id", r.FormValue("s"))) // want `can be injected into`
}
func BadLibEnv()            { db.Query("SELECT id FROM " + lib.Env()) }                          // want `can be injected into`
func OkLibName()            { db.Query("SELECT id FROM " + lib.Name()) }                         // ok: a function that returns a constant
func BadLibTable()          { db.Query("SELECT id FROM " + lib.Table) }                          // want `can be injected into`
func OkLibKind(k lib.Kind)  { db.Query(fmt.Sprintf("SELECT id FROM customers ORDER BY %s", k)) } // ok: an enumeration that prints constants
func OkLibKind2(k lib.Kind) { db.Query("SELECT id FROM customers ORDER BY " + lib.Column(k)) }   // ok: a switch in another package
func BadLibQuote(r *http.Request) {
	db.Query("SELECT id FROM " + lib.Quote(r.FormValue("s"))) // want `can be injected into`
}
func BadLibPair(r *http.Request) {
	s, err := lib.Pair(r.FormValue("s"))
	if err != nil {
		return
	}
	db.Query("SELECT id FROM " + s) // want `can be injected into`
}
func BadLibOrder(r *http.Request) {
	o := lib.Opts{Sort: r.FormValue("s")}
	if err := o.Validate(); err != nil {
		return
	}
	db.Query("SELECT id FROM customers ORDER BY " + o.Order()) // want `can be injected into`
}
func OkLibWhere(r *http.Request) {
	w, args := lib.Where(r.FormValue("s"))
	db.Query("SELECT id FROM customers WHERE "+w, args...) // ok: the text is bound
}
func BadLibWhere(r *http.Request) {
	w, args := lib.BadWhere(r.FormValue("s"))
	db.Query("SELECT id FROM customers WHERE "+w, args...) // want `can be injected into`
}
func BadLibBuilder(r *http.Request) {
	b := &lib.Builder{}
	b.Add("SELECT id FROM customers WHERE name = ").Add(r.FormValue("s"))
	db.Query(b.String()) // want `can be injected into`
}

func BadClosureChain(r *http.Request) {
	mk := func(s string) func() string { return func() string { return "SELECT id FROM customers ORDER BY " + s } }
	db.Query(mk(r.FormValue("s"))()) // want `can be injected into`
}

func BadDefer(r *http.Request) (err error) {
	q := "SELECT 1"
	defer func() { db.Query(q) }() // want `can be injected into`
	q += r.FormValue("s")
	return nil
}

func BadGo(r *http.Request) {
	q := "SELECT 1"
	var wg sync.WaitGroup
	wg.Go(func() { q += r.FormValue("s") })
	wg.Wait()
	db.Query(q) // want `can be injected into`
}

func BadSort(r *http.Request) {
	l := r.Form["s"]
	sort.Strings(l)
	db.Query("SELECT " + strings.Join(l, ",")) // want `can be injected into`
}

func BadMapIter(r *http.Request) {
	for k := range maps.Keys(r.Form) {
		db.Query("SELECT " + k) // want `can be injected into`
	}
}

func OkMapIter() {
	for k := range maps.Keys(cols) {
		db.Query("SELECT " + k) // ok: constant keys
	}
	for _, k := range slices.Sorted(maps.Keys(cols)) {
		db.Query("SELECT " + k) // ok: constant keys
	}
}

func BadSeq(r *http.Request) {
	for s := range strings.SplitSeq(r.FormValue("s"), ",") {
		db.Query("SELECT " + s) // want `can be injected into`
	}
}

func BadTemplate(r *http.Request) {
	var b bytes.Buffer
	template.Must(template.New("").Parse("SELECT {{.}}")).Execute(&b, r.FormValue("s"))
	db.Query(b.String()) // want `can be injected into`
}

func BadScanner() {
	in := bufio.NewReader(os.Stdin)
	s, _ := in.ReadString('\n')
	db.Query("SELECT " + s) // want `can be injected into`
}

func BadCopy(r *http.Request) {
	dst := make([]byte, 10)
	copy(dst, r.FormValue("s"))
	db.Query("SELECT " + string(dst)) // want `can be injected into`
}

func BadRunes(r *http.Request) {
	var out []rune
	for _, c := range r.FormValue("s") {
		out = append(out, unicode.ToLower(c))
	}
	db.Query("SELECT " + string(out)) // want `can be injected into`
}

func BadArray(r *http.Request) {
	var a [2]string
	a[1] = r.FormValue("s")
	db.Query("SELECT " + a[1]) // want `can be injected into`
}

func BadNested(r *http.Request) {
	m := map[string][]string{}
	m["x"] = append(m["x"], r.FormValue("s"))
	for _, l := range m {
		for _, s := range l {
			db.Query("SELECT " + s) // want `can be injected into`
		}
	}
}

type node struct {
	next *node
	s    string
}

func BadLinked(r *http.Request) {
	n := &node{s: "id"}
	n.next = &node{s: r.FormValue("s")}
	for n != nil {
		db.Query("SELECT " + n.s) // want `can be injected into`
		n = n.next
	}
}

type lnode struct {
	next *lnode
	s    string
}

func OkLinked() {
	n := &lnode{s: "id"}
	n.next = &lnode{s: "name"}
	for n != nil {
		db.Query("SELECT " + n.s + " FROM customers") // ok: constants in all nodes
		n = n.next
	}
}

func BadSwitchDefault(r *http.Request) {
	s := r.FormValue("s")
	switch s {
	case "a", "b":
	default:
		s = strings.ToLower(s)
	}
	db.Query("SELECT " + s) // want `can be injected into`
}

func OkSwitch(r *http.Request) {
	s := r.FormValue("s")
	switch s {
	case "a", "b":
	default:
		s = "a"
	}
	db.Query("SELECT " + s) // ok: one of the cases
}

func BadFallthrough(r *http.Request) {
	s := r.FormValue("s")
	switch s {
	case "x":
		s = "y"
		fallthrough
	default:
		db.Query("SELECT " + s) // want `can be injected into`
	}
}

func BadErrText(err error) { db.Exec("UPDATE customers SET name = '" + err.Error() + "'") } // want `can be injected into`

func BadErrorf(r *http.Request) {
	err := errors.New(r.FormValue("s"))
	db.Exec(fmt.Sprintf("UPDATE customers SET name = '%v'", err)) // want `can be injected into`
}

func BadCtx(ctx context.Context) { db.Query("SELECT " + ctx.Value("s").(string)) } // want `can be injected into`

func BadHeaderJoin(r *http.Request) {
	ids := r.Header.Values("ids")
	q := "SELECT id FROM customers WHERE id IN (" + strings.Join(ids, ",") + ")"
	db.Query(q) // want `can be injected into`
}

func OkIDs(ids []int64) {
	s := make([]string, len(ids))
	for i, id := range ids {
		s[i] = fmt.Sprintf("%d", id)
	}
	db.Query("SELECT id FROM customers WHERE id IN (" + strings.Join(s, ",") + ")") // ok: numbers
}

func OkTrimmed(ids []int) {
	q := "SELECT id FROM customers WHERE id IN ("
	for range ids {
		q += "?,"
	}
	q = q[:len(q)-1] + ")"
	db.Query(q) // ok: placeholders
}

func BadConcatIn(q string, r *http.Request) {
	q = q + " AND name = '" + r.FormValue("s") + "'"
	db.Query(q) // want `can be injected into`
}

func BadMethodValue(r *http.Request) {
	q := db.Query
	q("SELECT " + r.FormValue("s")) // want `can be injected into`
}

func BadPtr(r *http.Request) {
	q := new(string)
	*q = "SELECT " + r.FormValue("s")
	db.Query(*q) // want `can be injected into`
}

func BadPtrPtr(r *http.Request) {
	q := "SELECT 1"
	p := &q
	pp := &p
	**pp = r.FormValue("s")
	db.Query(q) // want `can be injected into`
}

func BadNamed(r *http.Request) {
	q, _ := build(r)
	db.Query(q) // want `can be injected into`
}

func build(r *http.Request) (q string, err error) {
	q = "SELECT 1"
	defer func() { q += r.FormValue("s") }()
	return q, nil
}

func BadRecursive(r *http.Request) { db.Query(nest(3, "id", r)) } // want `can be injected into`

func nest(n int, s string, r *http.Request) string {
	if n == 0 {
		return s
	}
	return nest(n-1, s+r.FormValue("s"), r)
}

type gen[T any] struct{ items []T }

func (g *gen[T]) add(x T) { g.items = append(g.items, x) }

func BadGeneric(r *http.Request) {
	g := &gen[string]{}
	g.add(r.FormValue("s"))
	db.Query("SELECT " + g.items[0]) // want `can be injected into`
}

func mapTo[A, B any](in []A, f func(A) B) (out []B) {
	for _, x := range in {
		out = append(out, f(x))
	}
	return out
}

func BadMapTo(r *http.Request) {
	l := mapTo(r.Form["s"], func(s string) string { return s + " ASC" })
	db.Query("SELECT id FROM customers ORDER BY " + strings.Join(l, ",")) // want `can be injected into`
}

func OkMapTo() {
	l := mapTo(list, func(s string) string { return s + " ASC" })
	db.Query("SELECT id FROM customers ORDER BY " + strings.Join(l, ",")) // ok: a generic function over constants
}

func OkMapNumbers(n []int) {
	l := mapTo(n, func(i int) string { return strconv.Itoa(i) })
	db.Query("SELECT id FROM customers WHERE id IN (" + strings.Join(l, ",") + ")") // ok: a generic function over numbers
}

type wrap struct{ http.Request }

func BadEmbedded(w *wrap) { db.Query("SELECT " + w.FormValue("s")) } // want `can be injected into`

type sorter interface{ column() string }
type byName struct{}

func (byName) column() string { return "name" }

type byAny struct{ s string }

func (b byAny) column() string { return b.s }

func BadIface(s sorter)        { db.Query("SELECT id FROM customers ORDER BY " + s.column()) } // want `can be injected into`
func UseIface(r *http.Request) { BadIface(byAny{r.FormValue("s")}) }

var cache sync.Map

func BadSyncMap(k string) {
	v, _ := cache.Load(k)
	db.Query("SELECT " + v.(string)) // want `can be injected into`
}

func BadLabel(r *http.Request) {
	s := "id"
outer:
	for i := 0; i < 3; i++ {
		if i == 1 {
			s = r.FormValue("s")
			break outer
		}
	}
	db.Query("SELECT " + s) // want `can be injected into`
}

func BadStringsMap(r *http.Request) {
	db.Query("SELECT " + strings.Map(func(c rune) rune { return c + 1 }, r.FormValue("s"))) // want `can be injected into`
}

func BadFmtWidth(r *http.Request) { db.Query(fmt.Sprintf("SELECT %-10s", r.FormValue("s"))) } // want `can be injected into`

func BadStruct(f lib.Opts) { db.Query(fmt.Sprintf("SELECT %v", f)) } // want `can be injected into`

func BadAppendf(r *http.Request) {
	var b []byte
	b = fmt.Appendf(b, "SELECT %s", r.FormValue("s"))
	db.Query(string(b)) // want `can be injected into`
}

func OkHex(r *http.Request) { db.Query(fmt.Sprintf("SELECT x'%x'", r.FormValue("s"))) } // ok: hexadecimal digits

func BadQ(r *http.Request) { db.Query(fmt.Sprintf("SELECT %q", r.FormValue("s"))) } // want `can be injected into`

type T struct{}

func OkType(v any) { db.Query(fmt.Sprintf("SELECT id FROM %T", v)) } // ok: a name of the program

func BadOnceFlag(r *http.Request) {
	s := r.FormValue("s")
	ok := slices.Contains(list, s)
	s = r.FormValue("t")
	if ok {
		db.Query("SELECT " + s) // want `can be injected into`
	}
}

func OkOnceFlag(r *http.Request) {
	s := r.FormValue("s")
	ok := slices.Contains(list, s)
	if ok {
		db.Query("SELECT " + s) // ok: a flag
	}
}

func valid(s string) bool { return len(s) < 10 }

func BadValid(r *http.Request) {
	s := r.FormValue("s")
	if !valid(s) {
		return
	}
	db.Query("SELECT " + s) // want `can be injected into`
}

func check(o *lib.Opts) error {
	if o.Sort != "id" && o.Sort != "name" {
		return errors.New("x")
	}
	return nil
}

func OkCheck(o *lib.Opts) {
	if err := check(o); err != nil {
		return
	}
	db.Query("SELECT id FROM customers ORDER BY " + o.Sort) // ok: a function that gives an error
}

func BadCheckIgnored(o *lib.Opts) {
	_ = check(o)
	db.Query("SELECT id FROM customers ORDER BY " + o.Sort) // want `can be injected into`
}

func BadCheckOther(o, p *lib.Opts) {
	if err := check(o); err != nil {
		return
	}
	db.Query("SELECT id FROM customers ORDER BY " + p.Sort) // want `can be injected into`
}

func mustCheck(o *lib.Opts) {
	if o.Sort != "id" && o.Sort != "name" {
		panic("x")
	}
}

func OkMustCheck(o *lib.Opts) {
	mustCheck(o)
	db.Query("SELECT id FROM customers ORDER BY " + o.Sort) // ok: a function that panics
}

func fix(o *lib.Opts) {
	if o.Sort != "id" && o.Sort != "name" {
		o.Sort = "id"
	}
}

func OkFix(o *lib.Opts) {
	fix(o)
	db.Query("SELECT id FROM customers ORDER BY " + o.Sort) // ok: a function that sets the field
}

func BadFix(o *lib.Opts, r *http.Request) {
	unfix(o, r)
	db.Query("SELECT id FROM customers ORDER BY " + o.Sort) // want `can be injected into`
}

func unfix(o *lib.Opts, r *http.Request) {
	if o.Sort == "id" || o.Sort == "name" {
		o.Sort = r.FormValue("s")
	}
}

func OkDefaulted(o lib.Opts) {
	col, ok := cols[o.Sort]
	if !ok {
		col = "id"
	}
	dir := "ASC"
	if strings.EqualFold(o.Dir, "desc") {
		dir = "DESC"
	}
	db.Query("SELECT id FROM customers ORDER BY " + col + " " + dir) // ok: looked up, with a default
}

func OkUpper(o lib.Opts) {
	dir := strings.ToUpper(o.Dir)
	if dir != "ASC" && dir != "DESC" {
		dir = "ASC"
	}
	db.Query("SELECT id FROM customers ORDER BY id " + dir) // ok: compared after a change of case
}

func BadUpper(o lib.Opts) {
	dir := strings.ToUpper(o.Dir)
	if dir != "ASC" && dir != "DESC" {
		dir = "ASC"
	}
	db.Query("SELECT id FROM customers ORDER BY id " + o.Dir) // want `can be injected into`
}

func OkUpperChecked(o lib.Opts) {
	if strings.ToUpper(o.Dir) != "ASC" {
		return
	}
	db.Query("SELECT id FROM customers ORDER BY id " + o.Dir) // ok: compared but for the case
}

var order struct{ column string }

func reset(r *http.Request) { order.column = r.FormValue("s") }

func BadGlobalReset(r *http.Request) {
	order.column = "id"
	reset(r)
	db.Query("SELECT id FROM customers ORDER BY " + order.column) // want `can be injected into`
}

func BadPrinted(r *http.Request) {
	o := lib.Opts{Sort: r.FormValue("s")}
	db.Query(fmt.Sprintf("SELECT id FROM customers ORDER BY %v", o)) // want `can be injected into`
}

type request struct{ Sort string }

func BadDecoded(r *http.Request) {
	q := &request{Sort: "id"}
	json.NewDecoder(r.Body).Decode(q)
	db.Query("SELECT id FROM customers ORDER BY " + q.column()) // want `can be injected into`
}

func (q *request) column() string { return q.Sort }

type plain struct{ Sort string }

func (p *plain) column() string { return p.Sort }

func OkPlain() {
	p := &plain{Sort: "id"}
	db.Query("SELECT id FROM customers ORDER BY " + p.column()) // ok: nobody decodes into it
}

func OkDigits(b []byte) {
	db.Query("SELECT id FROM customers WHERE name = '" + hex.EncodeToString(b) + "'") // ok: hexadecimal digits
}

func BadScanned(o *lib.Opts, rows *sql.Rows) {
	o.Sort = "id"
	rows.Scan(&o.Sort)
	db.Query("SELECT id FROM customers ORDER BY " + o.Sort) // want `can be injected into`
}

func BadSscan(r *http.Request) {
	s := "id"
	fmt.Sscan(r.FormValue("s"), &s)
	db.Query("SELECT id FROM customers ORDER BY " + s) // want `can be injected into`
}

func BadKept(r *http.Request) {
	o := lib.Opts{Sort: "id"}
	all := []*lib.Opts{&o}
	all[0].Sort = r.FormValue("s")
	db.Query("SELECT id FROM customers ORDER BY " + o.Sort) // want `can be injected into`
}

func BadTwoOrders(r *http.Request, desc bool) {
	s := r.FormValue("s")
	if desc {
		if !slices.Contains(list, s) {
			return
		}
	}
	db.Query("SELECT id FROM customers ORDER BY " + s) // want `can be injected into`
}

func BadLoopCarried(r *http.Request) {
	s := "id"
	for _, t := range r.Form["s"] {
		db.Query("SELECT id FROM customers ORDER BY " + s) // want `can be injected into`
		s = t
	}
}

func BadGoto(r *http.Request) {
	s := r.FormValue("s")
	if slices.Contains(list, s) {
		goto run
	}
	if r.Method == "POST" {
		goto run
	}
	return
run:
	db.Query("SELECT id FROM customers ORDER BY " + s) // want `can be injected into`
}

func BadRecovered(r *http.Request) {
	s := r.FormValue("s")
	func() {
		defer func() { recover() }()
		if !slices.Contains(list, s) {
			panic("no")
		}
	}()
	db.Query("SELECT id FROM customers ORDER BY " + s) // want `can be injected into`
}

func join2[S ~string](a, b S) S { return a + b }

func pick1[T any](list []T) T { return list[0] }

func BadTypeParameter(name string) { db.Exec(join2("SELECT id FROM customers ORDER BY ", name)) } // want `can be injected into`

func BadTypeParameters(names []string) {
	db.Exec(join2("SELECT id FROM customers ORDER BY ", pick1(names))) // want `can be injected into`
}

func OkTypeParameter() {
	db.Exec(join2("SELECT id FROM customers ORDER BY ", pick1([]string{"name"}))) // ok: constants
}

type rebinder interface {
	Rebind(query string) string
	Exec(query string, args ...any) (sql.Result, error)
}

func Rebound(tx rebinder, name string) {
	tx.Exec(tx.Rebind("SELECT id FROM customers WHERE name = ?"), name)            // ok: a constant with other placeholders
	tx.Exec(tx.Rebind("SELECT nmae FROM customers WHERE id = ?"), 1)               // want `no such column: nmae`
	tx.Exec(tx.Rebind("SELECT id FROM customers WHERE name = '" + name + "'"))     // want `can be injected into`
	query := tx.Rebind("SELECT id FROM customers WHERE name = ? ORDER BY " + name) // ok: said where it runs
	tx.Exec(query, name)                                                           // want `can be injected into`
}

func within(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func OkWithin(columns []string, r *http.Request) {
	order := "id"
	if within(columns, r.FormValue("s")) {
		order = r.FormValue("s")
	}
	s := r.FormValue("s")
	if within(columns, s) {
		db.Query("SELECT id FROM customers ORDER BY " + s) // ok: one of the caller's list
	}
	db.Query("SELECT id FROM customers ORDER BY " + order) // want `can be injected into`
}

func OkWithinField(o lib.Opts, r *http.Request) {
	if s := r.FormValue("s"); within(o.Columns, s) {
		db.Query("SELECT id FROM customers ORDER BY " + s) // ok: one of the caller's list
	}
}

func BadWithin(r *http.Request) {
	s := r.FormValue("s")
	if within(strings.Split(r.FormValue("l"), ","), s) {
		db.Query("SELECT id FROM customers ORDER BY " + s) // want `can be injected into`
	}
}

func BadWithinText(known string, r *http.Request) {
	if s := r.FormValue("s"); s == known {
		db.Query("SELECT id FROM customers ORDER BY " + s) // want `can be injected into`
	}
}
