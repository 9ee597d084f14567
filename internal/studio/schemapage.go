package studio

import (
	"html/template"
	"net/http"

	"github.com/dreysql/drey/internal/drawing"
)

// drawn is what the page of the schema shows.
type drawn struct {
	SVG template.HTML
}

// schemaPage draws the schema of the database. A click on a table leads to its page.
func schemaPage(r *request) (*answer, error) {
	s := drawing.Of(r.catalog.schema)
	svg, err := drawing.Linked(r.ctx, s, func(table string) string {
		if r.catalog.table(table) == nil {
			return ""
		}
		return place("table", table)
	})
	if err != nil && r.ctx.Err() != nil {
		return nil, &problem{
			Status: http.StatusServiceUnavailable, Title: "The schema is too large to be drawn in " + r.options.Limit.String(),
			Detail: "drey schema --out schema.svg takes its time; --keys leaves out columns.",
		}
	}
	if err != nil {
		return nil, err
	}
	return &answer{page: "schema", title: "Schema", data: drawn{template.HTML(svg)}}, nil
}

func drawnStyle() string { return drawing.Style }
