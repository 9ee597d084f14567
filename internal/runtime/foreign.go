package drey

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
)

// ErrForeignKeys: the connections of a handle that somebody else has opened do not
// enforce foreign keys.
var ErrForeignKeys = errors.New("the connections do not enforce foreign keys: open the handle with _pragma=foreign_keys(1) in its DSN (_foreign_keys=1 with mattn's driver), or the database with Open")

// ErrTimeZone: the connections of a handle that somebody else has opened read texts
// as times of another zone than UTC, in which this package writes them.
var ErrTimeZone = errors.New("the connections keep times in another zone than UTC: open the handle without _timezone, or with _timezone=UTC, in its DSN")

// foreign is a handle that somebody else has opened. It is nil for one of this
// package's.
type foreign struct {
	db DBTX

	mu     sync.Mutex
	looked bool
	keys   bool // it enforces foreign keys
	zoned  bool // it keeps times in another zone
}

// on is the same for a transaction on the handle, which may not have another
// connection to look at.
func (f *foreign) on(tx *sql.Tx) *foreign {
	f.mu.Lock()
	defer f.mu.Unlock()
	return &foreign{db: tx, looked: f.looked, keys: f.keys, zoned: f.zoned}
}

// usable looks once, before the first statement, at what the connections do: the
// error is [ErrTimeZone], or [ErrForeignKeys] for one that writes. Whoever turns
// foreign keys on after that is believed.
func (f *foreign) usable(ctx context.Context, k sqldriver.Kind) error {
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	writes := k != sqldriver.Reading
	if !f.looked || writes && !f.keys {
		if err := f.look(ctx); err != nil {
			return fmt.Errorf("look at the connection: %w", err)
		}
	}
	switch {
	case f.zoned:
		return ErrTimeZone
	case writes && !f.keys:
		return ErrForeignKeys
	}
	return nil
}

// noons are times by which a zone can be told from UTC: every zone that people live in
// was ahead of it or behind it at one of them, but for those that always have its time.
var noons = [...]time.Time{
	time.Date(1955, 1, 15, 12, 0, 0, 0, time.UTC),
	time.Date(1969, 7, 15, 12, 0, 0, 0, time.UTC),
	time.Date(2024, 1, 15, 12, 0, 0, 0, time.UTC),
	time.Date(2025, 7, 15, 12, 0, 0, 0, time.UTC),
}

// look has the driver itself write times. A driver that writes them in a zone reads in
// it what does not name one.
func (f *foreign) look(ctx context.Context) error {
	var args, dests []any
	dests = append(dests, &f.keys)
	var texts [len(noons)]string
	for i, at := range noons {
		args, dests = append(args, at), append(dests, &texts[i])
	}
	const query = "SELECT foreign_keys, CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT) FROM pragma_foreign_keys"
	if err := f.db.QueryRowContext(ctx, query, args...).Scan(dests...); err != nil {
		return err
	}
	f.looked, f.zoned = true, false
	for i, text := range texts {
		// A number, if it is one, is that of the moment in every zone.
		if wall, ok := sqldriver.WallClock(text); ok && !wall.Equal(noons[i]) {
			f.zoned = true
		}
	}
	return nil
}

// bind converts arguments as this package's own connections do: the driver may
// write times in another form, and it makes NULL of NaN. The query is the text that
// they are for, as far as others than this package have written it.
func (f *foreign) bind(query string, args []any) ([]any, error) {
	if f == nil || len(args) == 0 {
		return args, nil
	}
	bound := make([]any, len(args))
	for i, arg := range args {
		named, isNamed := arg.(sql.NamedArg)
		if isNamed {
			arg = named.Value
		}
		v, err := sqldriver.Bindable(arg)
		if err == nil {
			err = sqldriver.CheckPattern(query, driver.NamedValue{Name: named.Name, Ordinal: i + 1, Value: v})
		}
		if err != nil {
			return nil, fmt.Errorf("argument %d: %w", i+1, err)
		}
		if bound[i] = v; isNamed {
			bound[i] = sql.Named(named.Name, v)
		}
	}
	return bound, nil
}

// foreignRow scans as from a connection of this package's: times are in UTC, also
// where the driver leaves them as texts, and an empty BLOB is not nil.
type foreignRow struct{ from scanRow }

func (r foreignRow) Scan(dest ...any) error {
	var own []any
	for i, to := range dest {
		var as any
		switch to := to.(type) {
		case *time.Time:
			as = ScanTime(to)
		case **time.Time:
			as = ScanTime(to)
		case *sql.NullTime:
			as = ScanTime(to)
		case *sql.Null[time.Time]:
			as = nullTime{to}
		case *[]byte:
			as = (*blob)(to)
		default:
			continue
		}
		if own == nil {
			own = append([]any(nil), dest...)
		}
		own[i] = as
	}
	if own == nil {
		own = dest
	}
	return r.from.Scan(own...)
}

// blob is where a BLOB is scanned.
type blob []byte

// Scan copies a BLOB or a text.
func (b *blob) Scan(src any) error {
	switch src := src.(type) {
	case nil:
		*b = nil
	case []byte:
		*b = append(blob{}, src...)
	case string:
		*b = append(blob{}, src...)
	default: // as database/sql does
		*b = fmt.Append(blob{}, src)
	}
	return nil
}
