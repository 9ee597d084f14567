// Package odd is a suite like that of package conformance, on a schema whose names need
// quoting, whose tables and columns are of every kind, and whose rows have tenants and are
// deleted softly.
//
// @native-sql raw texts store what others than drey store
// @every-tenant the suite begins and ends with the rows of all
package odd

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/dreysql/drey/internal/proof/conformance/odd/odddb"
	drey "github.com/dreysql/drey/internal/runtime"
)

// Case is a call. The cases are run in their order on one database.
type Case struct {
	Name string
	Do   func(ctx context.Context, c *odddb.Client) (any, error)
}

// Outcome is the outcome of a case.
type Outcome struct {
	Name    string
	Value   string // JSON
	Failure string // what kind of error, if any
	Error   string
}

// Values are cases of values that are stored and read, Calls are the others.
var (
	Values = slices.Concat(stored, bound)
	Calls  = slices.Concat(names, tenants, upkeep)
	Cases  = slices.Concat(Values, Calls)
)

// Run runs the cases.
func Run(ctx context.Context, c *odddb.Client) []Outcome {
	outcomes := make([]Outcome, len(Cases))
	for i, k := range Cases {
		value, err := k.Do(ctx, c)
		o := Outcome{Name: k.Name, Failure: kind(err)}
		if err != nil {
			o.Error = err.Error()
		}
		text, err := json.Marshal(value)
		if err != nil {
			text = []byte(err.Error())
		}
		o.Value = string(text)
		outcomes[i] = o
	}
	return outcomes
}

// kind is what callers can tell of an error.
func kind(err error) string {
	if err == nil {
		return ""
	}
	for _, is := range []error{drey.ErrTenant, drey.ErrDeleted, drey.ErrStale, drey.ErrManyRows} {
		if errors.Is(err, is) {
			return is.Error()
		}
	}
	if f := drey.FailureOf(err); f != drey.OtherFailure {
		return string(f)
	}
	return "an error"
}

// only are the values of what returns one or an error.
func only[T any](v T, err error) any {
	if err != nil {
		return kind(err)
	}
	return v
}
