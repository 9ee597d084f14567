package seed

import (
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/brianvoe/gofakeit/v7"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// row is a row that is being made up: what its columns have in common.
type row struct {
	*rand.Rand
	fake        *gofakeit.Faker
	first, last string
	base        int64 // when it was made, in seconds since 1970
	values      []any // of the columns that are written
}

// Rows are from these two years.
var (
	firstTime = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	lastTime  = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Unix()

	firstBirth = time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
)

const day = 24 * 60 * 60

// newRow returns the source of the rows of a table.
func newRow(seed uint64, table string, columns int) *row {
	h := fnv.New64a()
	h.Write([]byte(sqltext.Fold(table)))
	source := rand.NewPCG(seed, h.Sum64())
	return &row{Rand: rand.New(source), fake: gofakeit.NewFaker(source, false), values: make([]any, columns)}
}

// begin begins the next row.
func (r *row) begin() {
	r.first, r.last = "", ""
	r.base = firstTime + r.Int64N(lastTime-firstTime)
	r.values = make([]any, len(r.values))
}

// person returns the name of the row's person.
func (r *row) person() string {
	if r.first == "" {
		r.first, r.last = r.fake.FirstName(), r.fake.LastName()
	}
	return r.first + " " + r.last
}

// email returns an address that nobody has: example.com is for examples (RFC 2606).
func (r *row) email() string {
	r.person()
	return strings.ToLower(plain(r.first) + "." + plain(r.last) + "@example.com")
}

func (r *row) words(n int, between string) string {
	list := make([]string, n)
	for i := range list {
		list[i] = strings.ToLower(plain(r.fake.Noun()))
	}
	return strings.Join(list, between)
}

func (r *row) sentence() string { return capital(r.words(4+r.IntN(6), " ")) + "." }

func (r *row) bytes(n int) []byte {
	b := make([]byte, n)
	for i := 0; i < n; i += 8 {
		v := r.Uint64()
		for k := i; k < min(n, i+8); k++ {
			b[k] = byte(v)
			v >>= 8
		}
	}
	return b
}

func (r *row) hex(n int) string { return hex.EncodeToString(r.bytes((n + 1) / 2))[:n] }

// uuid returns a random UUID, of version 4.
func (r *row) uuid() string { return uuidText(r.uuidBytes()) }

func (r *row) uuidBytes() []byte {
	b := r.bytes(16)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return b
}

func uuidText(b []byte) string {
	h := hex.EncodeToString(b)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

func (r *row) json() string {
	return fmt.Sprintf(`{"%s":"%s","count":%d}`, r.words(1, ""), r.words(1, ""), r.IntN(100))
}

// timeText is a time in the form that the data layer stores.
func timeText(unix int64) string { return time.Unix(unix, 0).UTC().Format(time.DateTime) }

func dateText(unix int64) string { return time.Unix(unix, 0).UTC().Format(time.DateOnly) }

// momentOf is the time that a column with a name has in a row, in seconds: what begins is
// before what ends.
func momentOf(column string) func(*row) int64 {
	switch {
	case ends(column, "birthday", "birth_date", "birthdate", "dob", "date_of_birth"):
		return func(r *row) int64 { return firstBirth + r.Int64N(55*365)*day }
	case ends(column, "updated_at", "modified_at", "updated", "modified", "changed_at", "last_modified", "started_at", "starts_at", "start", "start_date", "begin", "begins_at", "from", "valid_from", "shipped_at", "paid_at", "published_at", "last_used_at", "last_seen_at", "last_login_at"):
		return func(r *row) int64 { return r.base + r.Int64N(30*day) }
	case ends(column, "ended_at", "ends_at", "end", "end_date", "finished_at", "completed_at", "closed_at", "until", "valid_to", "valid_until", "to", "due", "due_at", "due_date", "deadline", "expires", "expires_at", "expiry", "expired_at", "revoked_at", "deleted_at", "archived_at", "cancelled_at"):
		return func(r *row) int64 { return r.base + 30*day + r.Int64N(365*day) }
	}
	return func(r *row) int64 { return r.base }
}
