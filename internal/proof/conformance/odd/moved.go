package odd

import (
	"context"
	"fmt"

	"github.com/dreysql/drey/internal/proof/conformance/odd/odddb"
)

// Fill stores the values that the engine takes, each in a row, and returns their number.
func Fill(ctx context.Context, c *odddb.Client) (n int64) {
	for i, v := range values {
		row := v.Select
		row.Order, row.Group = int64(i+1), fmt.Sprint(i, " ", row.Group)
		one, _ := odddb.Selects.Insert().Exec(ctx, c, row) // an error is the engine's refusal
		n += one
	}
	return n
}

// Read is what the client reads of the rows, as texts that lose nothing.
func Read(ctx context.Context, c *odddb.Client) (texts []string, err error) {
	rows, err := odddb.Selects.OrderBy(odddb.Selects.Order.Asc()).All(ctx, c)
	for _, r := range rows {
		line := fmt.Sprintf("%d %q %d %s %s", r.Order, r.Group, r.SeenAt, text(r.Length), text(r.Twice))
		for _, f := range fields {
			line += " " + text(f.of(&r))
		}
		texts = append(texts, line)
	}
	return texts, err
}
