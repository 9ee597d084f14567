//go:build !js

package rqlite

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/remote"
)

// A write with a key inserts the key into a table first. So it can be made again if it is
// not known what became of it: the key is unique, and a second application fails.

// createKeys makes the table of keys. outcomes has the rows that each statement has
// changed, and the id that it has inserted: the answer may be lost.
var createKeys = []string{
	`CREATE TABLE IF NOT EXISTS drey_keys (
	key TEXT PRIMARY KEY,
	request TEXT NOT NULL,
	outcomes TEXT NOT NULL DEFAULT '',
	at INTEGER NOT NULL
) WITHOUT ROWID`,
	"CREATE INDEX IF NOT EXISTS drey_keys_at ON drey_keys (at)",
}

const (
	insertKey  = "INSERT INTO drey_keys (key, request, at) VALUES (?, ?, ?)"
	keepResult = "UPDATE drey_keys SET outcomes = outcomes || changes() || ' ' || last_insert_rowid() || ';' WHERE key = ?"
	findKey    = "SELECT request, outcomes FROM drey_keys WHERE key = ?"
	tidyKeys   = "DELETE FROM drey_keys WHERE at < ?"
)

// tidyEvery is how many writes with keys there are for one that tidies the table.
const tidyEvery = 100

type keyKey struct{}

// WithKey returns a context whose write has that key. A write is a statement, a batch or
// a bulk write. With a key it may be made again: by this client, when a node or an
// answer is lost, and by the caller, after [ErrUnknownOutcome]. It is applied once.
// Applied before, it succeeds with the number of rows that it had changed then; but if it
// returns rows, it is [drey.ErrStored]. Another write with the key is [ErrKey].
//
// A key is a text of the caller's that no other write has, for a request of somebody's
// its id. It is kept in the table drey_keys, which the client makes, for
// [Options.KeepKeys].
func WithKey(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, keyKey{}, key)
}

// maxKey is how many bytes a key may have.
const maxKey = 255

// key is that of a write, "" if it has none.
func (c *Cluster) key(ctx context.Context) (string, error) {
	key, ok := ctx.Value(keyKey{}).(string)
	switch {
	case ok && (key == "" || len(key) > maxKey || !utf8.ValidString(key)):
		return "", fmt.Errorf("%w: a key must be UTF-8 of 1 to %d bytes", drey.ErrOptions, maxKey)
	case !ok && c.o.Keyed:
		key = rand.Text()
	}
	return key, nil
}

// keyed is a write with its key.
type keyed struct {
	key     string
	request string // a hash of the statements
	list    []prepared
	// all are the statements of the request, and at the places of the list's among them.
	all []prepared
	at  []int
}

// keyed adds what a key needs to a write.
func (c *Cluster) keyed(list []prepared, key string, now time.Time) (*keyed, error) {
	k := &keyed{key: key, list: list}
	var b []byte
	for i, p := range list {
		var err error
		if b, err = appendStatement(b, "", p.text, p.args); err != nil {
			return nil, listed(list, i, err)
		}
	}
	sum := sha256.Sum256(b)
	k.request = hex.EncodeToString(sum[:])
	k.add(insertKey, key, k.request, now.Unix())
	for _, p := range list {
		k.at = append(k.at, len(k.all))
		if k.all = append(k.all, p); !p.rows {
			k.add(keepResult, key)
		}
	}
	if c.keys.Add(1)%tidyEvery == 1 {
		k.add(tidyKeys, now.Add(-c.o.KeepKeys).Unix())
	}
	return k, nil
}

func (k *keyed) add(sql string, args ...driver.Value) {
	k.all = append(k.all, prepared{text: mustText(sql), args: args})
}

// writeKeyed makes a write that has a key until it is known to be applied, or not.
func (c *Cluster) writeKeyed(ctx context.Context, list []prepared, key string) ([]result, error) {
	now := time.Now()
	k, err := c.keyed(list, key, now)
	if err != nil {
		return nil, err
	}
	call, err := writeCall(k.all, now)
	if err != nil {
		return nil, err
	}
	call.writes, call.keyed = true, true
	for created := false; ; created = true {
		a, err := c.send(ctx, call)
		if err != nil {
			return nil, err
		}
		results, failed, err := a.written(k.all)
		switch {
		case err == nil:
			return k.pick(results), nil
		case failed == 0 && isTaken(err):
			return c.applied(ctx, k)
		case failed == 0 && !created && strings.Contains(err.Error(), "no such table: drey_keys"):
			if err := c.createKeys(ctx); err != nil {
				return nil, err
			}
			continue
		case failed >= 0 && call.doubtful:
			return c.burn(ctx, k, k.listed(failed, err))
		}
		return nil, k.listed(failed, err)
	}
}

// isTaken reports whether a key is there already.
func isTaken(err error) bool {
	return drey.FailureOf(err) == drey.UniqueViolation && strings.Contains(err.Error(), "drey_keys.key")
}

// pick are the results of the caller's statements.
func (k *keyed) pick(results []result) []result {
	list := make([]result, len(k.at))
	for i, at := range k.at {
		list[i] = results[at]
	}
	return list
}

// listed says which of the caller's statements has failed.
func (k *keyed) listed(failed int, err error) error {
	for i, at := range k.at {
		if at == failed {
			return listed(k.list, i, err)
		}
	}
	return err
}

// createKeys makes the table of keys. It may be made more than once.
func (c *Cluster) createKeys(ctx context.Context) error {
	var list []prepared
	for _, sql := range createKeys {
		list = append(list, prepared{text: mustText(sql)})
	}
	call, err := writeCall(list, time.Now())
	if err != nil {
		return err
	}
	a, err := c.send(ctx, call)
	if err == nil {
		_, _, err = a.written(list)
	}
	return err
}

// applied returns what a write gave that was applied before.
func (c *Cluster) applied(ctx context.Context, k *keyed) ([]result, error) {
	find := prepared{text: mustText(findKey), args: []driver.Value{k.key}, rows: true}
	found, err := c.read(WithLevel(ctx, Linearizable), []prepared{find})
	if err != nil {
		return nil, errors.Join(ErrUnknownOutcome, err)
	}
	row := make([]driver.Value, 2)
	if err := found[0].open().Next(row); err != nil {
		return nil, errors.Join(ErrUnknownOutcome, errors.New("its key has been tidied away"))
	}
	if row[0] != k.request {
		return nil, fmt.Errorf("%w: %.40q", ErrKey, k.key)
	}
	outcomes, _ := row[1].(string)
	results := make([]result, len(k.list))
	for i, p := range k.list {
		if p.rows {
			return nil, fmt.Errorf("%w: it was applied before, with the key %.40q", drey.ErrStored, k.key)
		}
		var one string
		one, outcomes, _ = strings.Cut(outcomes, ";")
		if results[i].Outcome, err = readOutcome(one); err != nil {
			return nil, err
		}
	}
	return results, nil
}

func readOutcome(text string) (o remote.Outcome, err error) {
	affected, id, _ := strings.Cut(text, " ")
	if o.Affected, err = strconv.ParseInt(affected, 10, 64); err == nil {
		o.LastID, err = strconv.ParseInt(id, 10, 64)
	}
	if err != nil {
		err = fmt.Errorf("%w: an outcome in drey_keys", ErrAnswer)
	}
	return o, err
}

// burn uses up the key of a write that has failed, with that error, after a request whose
// outcome was not known: that request may be under way still, and must not be applied
// once the caller has been told of the failure.
func (c *Cluster) burn(ctx context.Context, k *keyed, failure error) ([]result, error) {
	list := []prepared{k.all[0]}
	call, err := writeCall(list, time.Now())
	if err != nil {
		return nil, err
	}
	a, err := c.send(ctx, call)
	if err == nil {
		_, _, err = a.written(list)
	}
	switch {
	case err == nil:
		return nil, failure
	case isTaken(err):
		return c.applied(ctx, k)
	}
	return nil, errors.Join(ErrUnknownOutcome, failure, err)
}
