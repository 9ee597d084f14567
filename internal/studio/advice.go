package studio

import (
	"fmt"

	"github.com/dreysql/drey/internal/explain"
	"github.com/dreysql/drey/internal/sqlite"
)

// advice says which index would help a query: it has been tried on a copy of the database's
// schema.
func (r *request) advice(p *prepared) (list []string, err error) {
	memory, err := sqlite.NewMemory()
	if err != nil {
		return nil, err
	}
	defer memory.Close()
	conn, err := memory.PlainConn()
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	rows, err := r.conn.QueryContext(r.ctx, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		if err := conn.Exec(text); err != nil {
			continue // the shadow table of a virtual one is there already
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	e, err := explain.New(memory, r.catalog.schema, nil)
	if err != nil {
		return nil, err
	}
	defer e.Close()
	found, err := e.Query(p.Query)
	if err != nil {
		return nil, err
	}
	for _, f := range found.Findings {
		text := f.Msg
		if f.Index != nil {
			text += fmt.Sprintf(": %s would help", f.Index.SQL)
		}
		list = append(list, fmt.Sprintf("%s (%s)", text, f.State))
	}
	if list == nil {
		list = []string{"Nothing to say: the plan is without scans and sorts."}
	}
	return list, nil
}
