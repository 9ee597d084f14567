// Package outside reads text from everywhere that is not the program.
package outside

import (
	"bufio"
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/dreysql/drey/internal/lint/corpus/testdata/nativesql/outside/config"
)

var (
	table    = "customers"              // never set again
	fromEnv  = os.Getenv("TABLE")       // want `the result of Getenv is not constant, and 2 statements that are built from it`
	fromArgs string                     // by init
	fromFlag string                     // by a flag
	pointed  = "customers"              // through its address
	later    = "customers"              // by a function
	version  string                     // by the linker
	parsed   = flag.String("t", "", "") // a flag
	tables   = []string{"customers", "orders"}
	appended = []string{"customers"}
	columns  = map[string]string{"name": "name"}
	written  = map[string]string{"name": "name"}
	fixed    = settings{table: "customers"}
	set      = settings{table: "customers"}
	list     = [2]string{"customers", "orders"}
	lines    = make(chan string)
	names    = make(chan string, 1)
	counted  int
)

// Exported may be set by any package.
var Exported = "customers"

type settings struct{ table string }

type embedded struct{ settings }

//go:embed outside.sql
var script string

//go:embed *.sql
var scripts embed.FS

func init() {
	fromArgs = os.Args[1]
	flag.StringVar(&fromFlag, "table", "customers", "")
	json.Unmarshal([]byte(os.Args[2]), &pointed)
	appended = append(appended, os.Args[3])
	written[os.Args[4]] = "x"
	set.table = os.Getenv("TABLE")
	names <- "name"
}

func setLater(s string) { later = s }

// SetTable is for other packages.
func SetTable(s string) { setLater(s) }

// @native-sql hand written here for speed of the list
func bad(ctx context.Context, db *sql.DB, r *http.Request, d config.Dialect) {
	db.Query(os.Args[1])                                                   // want `can be injected into`
	db.Query(os.Getenv("QUERY"))                                           // want `can be injected into`
	db.Query(r.FormValue("q"))                                             // want `can be injected into`
	db.Query(r.URL.RawQuery)                                               // want `can be injected into`
	db.Query("SELECT id FROM customers WHERE name = '" + os.Args[1] + "'") // want `can be injected into`
	db.Query("SELECT id FROM " + fromEnv)
	db.Query("SELECT id FROM " + fromArgs)                        // want `can be injected into`
	db.Query("SELECT id FROM " + fromFlag)                        // want `can be injected into`
	db.Query("SELECT id FROM " + pointed)                         // want `can be injected into`
	db.Query("SELECT id FROM " + later)                           // want `can be injected into`
	db.Query("SELECT id FROM " + *parsed)                         // want `can be injected into`
	db.Query("SELECT id FROM " + Exported)                        // want `can be injected into`
	db.Query("SELECT id FROM " + config.Table)                    // want `can be injected into`
	db.Query("SELECT id FROM customers ORDER BY " + config.Order) // want `can be injected into`
	db.Query("SELECT id FROM " + config.Host())                   // want `can be injected into`
	db.Query("SELECT id FROM customers " + d.Limit)               // want `can be injected into`
	db.Query("SELECT id FROM " + strings.Join(appended, ", "))    // want `can be injected into`
	db.Query("SELECT id FROM " + appended[0])                     // want `can be injected into`
	db.Query("SELECT id FROM " + set.table)                       // want `can be injected into`
	feed(lines, r)
	db.Query("SELECT id FROM " + <-lines) // want `can be injected into`
	db.Query("SELECT id FROM " + embedded{settings{table: fromEnv}}.table)
	db.Query("SELECT id FROM " + flag.Arg(0)) // want `can be injected into`
	for k := range written {
		db.Query("SELECT " + k + " FROM customers") // want `can be injected into`
	}
	var scanned string
	fmt.Sscan(os.Args[1], &scanned)
	db.Query("SELECT id FROM " + scanned) // want `can be injected into`
	var row string
	db.QueryRow("SELECT name FROM customers").Scan(&row)            // want `raw SQL without a reason`
	db.Query("SELECT id FROM customers WHERE name = '" + row + "'") // want `can be injected into`
	body, _ := io.ReadAll(r.Body)
	db.Query(string(body)) // want `can be injected into`
	buf := make([]byte, 64)
	n, _ := r.Body.Read(buf)
	db.Query(string(buf[:n])) // want `can be injected into`
	file, _ := os.ReadFile("query.sql")
	db.Query(string(file)) // want `can be injected into`
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		db.Exec(in.Text()) // want `can be injected into`
	}
	host, _ := os.Hostname()
	db.Query("SELECT id FROM customers WHERE name = '" + host + "'") // want `can be injected into`
	var f struct{ Sort string }
	json.NewDecoder(r.Body).Decode(&f)
	db.Query("SELECT id FROM customers ORDER BY " + f.Sort) // want `can be injected into`
	get := r.FormValue
	db.Query("SELECT id FROM customers ORDER BY " + get("sort")) // want `can be injected into`
	pick := func() string { return r.FormValue("sort") }
	db.Query("SELECT id FROM customers ORDER BY " + pick()) // want `can be injected into`
	sort := "id"
	change := func() { sort = r.FormValue("sort") }
	change()
	db.Query("SELECT id FROM customers ORDER BY " + sort) // want `can be injected into`
	other := "id"
	at := &other
	*at = r.FormValue("sort")
	db.Query("SELECT id FROM customers ORDER BY " + other) // want `can be injected into`
	fill(&other, r)
	m := map[string]string{}
	fillMap(m, r)
	db.Query("SELECT id FROM customers ORDER BY " + m["sort"])                              // want `can be injected into`
	db.Query("SELECT id FROM customers ORDER BY " + first(r.Form["sort"]))                  // want `can be injected into`
	db.Query("SELECT id FROM customers ORDER BY " + box[string]{r.FormValue("sort")}.get()) // want `can be injected into`
	err := fmt.Errorf("no %s", r.FormValue("sort"))
	db.Query("SELECT id FROM customers WHERE name = '" + err.Error() + "'")                   // want `can be injected into`
	db.Query("SELECT id FROM customers ORDER BY " + shout{r.FormValue("sort")}.String())      // want `can be injected into`
	db.Query(fmt.Sprintf("SELECT id FROM customers ORDER BY %s", shout{r.FormValue("sort")})) // want `can be injected into`
	db.Query(fmt.Sprintf("SELECT id FROM customers ORDER BY %d", r.FormValue("sort")))        // want `can be injected into`
	var any any = r.FormValue("sort")
	db.Query("SELECT id FROM customers ORDER BY " + any.(string)) // want `can be injected into`
	var lister lister = repo{db}
	lister.list(r.FormValue("sort"))
	repo{db}.list("id")
}

type lister interface{ list(order string) }

type repo struct{ db *sql.DB }

func (r repo) list(order string) {
	r.db.Query("SELECT id FROM customers ORDER BY " + order) // want `can be injected into`
}

type shout struct{ s string }

func (s shout) String() string { return s.s + "!" }

type box[T any] struct{ v T }

func (b box[T]) get() T { return b.v }

func fill(s *string, r *http.Request) { *s = r.FormValue("sort") }

func feed(c chan<- string, r *http.Request) { c <- r.FormValue("sort") }

func fillMap(m map[string]string, r *http.Request) { m["sort"] = r.FormValue("sort") }

func first[T any](list []T) T { return list[0] }

func good(db *sql.DB, r *http.Request) {
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query("SELECT id FROM " + table) // ok: a variable that is never set again
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query("SELECT '" + version + "' FROM customers") // ok: set by the linker alone
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query("SELECT id FROM customers ORDER BY " + config.Column) // ok: a constant of another package
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query("SELECT id FROM " + config.Customers()) // ok: a function of another package that returns a constant
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query("SELECT id FROM " + fixed.table) // ok: a field that is never set again
	for _, t := range tables {
		// @native-sql sqlc has no ORDER BY of a caller
		db.Exec("DELETE FROM " + t) // ok: constants
	}
	for _, t := range list {
		// @native-sql sqlc has no ORDER BY of a caller
		db.Exec("DELETE FROM " + t) // ok: constants
	}
	for k, v := range columns {
		// @native-sql sqlc has no ORDER BY of a caller
		db.Query("SELECT " + k + ", " + v + " FROM customers") // ok: constants
	}
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query("SELECT " + <-names + " FROM customers") // ok: only constants are sent
	// @native-sql the script has several statements
	db.Exec(script) // ok: embedded
	text, _ := scripts.ReadFile("outside.sql")
	// @native-sql the script has several statements
	db.Exec(string(text)) // ok: embedded
	counted++
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query(fmt.Sprintf("SELECT %d FROM customers", counted)) // ok: a number
	flag.IntVar(&counted, "n", 0, "")
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query(fmt.Sprint("SELECT id FROM customers LIMIT ", counted)) // ok: a number
	sort := "id"
	use := func() string { return sort }
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query("SELECT id FROM customers ORDER BY " + use()) // ok: a closure over a constant
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query("SELECT id FROM customers ORDER BY " + box[string]{"id"}.get()) // ok: a constant
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query("SELECT id FROM " + first(tables)) // ok: a constant
	// @native-sql sqlc has no ORDER BY of a caller
	db.Query("SELECT id FROM " + embedded{settings{"customers"}}.table) // ok: a constant
}
