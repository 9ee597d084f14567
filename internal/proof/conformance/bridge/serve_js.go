//go:build js && wasm

package bridge

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/dreysql/drey/internal/runtime/d1"
)

// Serve runs a call on a binding.
func Serve(w http.ResponseWriter, r *http.Request, c *d1.Connector) {
	var call Call
	if err := json.NewDecoder(r.Body).Decode(&call); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	answer := Answer{}
	var err error
	answer.Results, err = run(r.Context(), c, &call)
	answer.Error = ErrorOf(err)
	_ = json.NewEncoder(w).Encode(answer)
}

func run(ctx context.Context, c *d1.Connector, call *Call) ([]Result, error) {
	args := make([][]driver.NamedValue, len(call.Args))
	for i, list := range call.Args {
		for _, a := range list {
			v, err := a.Value.Driver()
			if err != nil {
				return nil, err
			}
			args[i] = append(args[i], driver.NamedValue{Name: a.Name, Ordinal: a.Ordinal, Value: v})
		}
	}
	dc, err := c.Connect(ctx)
	if err != nil {
		return nil, err
	}
	conn := dc.(*d1.Conn)
	var rows []driver.Rows
	var results []driver.Result
	switch call.Kind {
	case "exec":
		r, err := conn.ExecContext(ctx, call.Queries[0], args[0])
		if err != nil {
			return nil, err
		}
		rows, results = []driver.Rows{nil}, []driver.Result{r}
	case "query":
		r, err := conn.QueryContext(ctx, call.Queries[0], args[0])
		if err != nil {
			return nil, err
		}
		rows, results = []driver.Rows{r}, []driver.Result{nil}
	default:
		if rows, results, err = conn.Batch(ctx, call.Queries, args); err != nil {
			return nil, err
		}
	}
	list := make([]Result, len(rows))
	for i := range rows {
		if results[i] != nil {
			list[i].Affected, _ = results[i].RowsAffected()
			list[i].ID, _ = results[i].LastInsertId()
		}
		if rows[i] == nil {
			continue
		}
		list[i].Columns = rows[i].Columns()
		for {
			dest := make([]driver.Value, len(list[i].Columns))
			if err := rows[i].Next(dest); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				list[i].Error = ErrorOf(err)
				break
			}
			row := make([]Value, len(dest))
			for j, v := range dest {
				row[j] = ValueOf(v)
			}
			list[i].Rows = append(list[i].Rows, row)
		}
	}
	return list, nil
}
