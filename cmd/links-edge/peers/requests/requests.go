// Package requests has the three requests of TestLoad on internal/db.
package requests

import (
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

// Handler follows a link, lists 50 links, and counts clicks by day.
func Handler(c *db.Client) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{slug}", func(w http.ResponseWriter, r *http.Request) {
		link, err := c.ResolveSlug(r.Context(), r.PathValue("slug"))
		if err == nil {
			_, err = c.RecordClick(r.Context(), db.RecordClickParams{LinkID: link.ID, Country: new("DE"), IsBot: new(false), LatencyMS: new(1.5)})
		}
		if failed(w, err) {
			return
		}
		w.Header().Set("Location", link.URL) // without a body, as the peers
		w.WriteHeader(http.StatusFound)
	})
	mux.HandleFunc("GET /list", func(w http.ResponseWriter, r *http.Request) {
		links := db.Links.Where(db.Links.UserID.Eq(1), db.Links.IsActive.Eq(true)).
			OrderBy(db.Links.CreatedAt.Desc(), db.Links.ID.Desc()).Limit(50)
		text, err := drey.AppendJSON(r.Context(), c, links, nil)
		if failed(w, err) {
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(text)
	})
	mux.HandleFunc("GET /stats", func(w http.ResponseWriter, r *http.Request) {
		days, err := drey.CountBy(db.Clicks.Where(db.Clicks.LinkID.Eq(1)), drey.Truncate(db.Clicks.ClickedAt, drey.Day)).All(r.Context(), c)
		write(w, days, err)
	})
	return mux
}

func write(w http.ResponseWriter, v any, err error) {
	if failed(w, err) {
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

func failed(w http.ResponseWriter, err error) bool {
	switch {
	case errors.Is(err, sql.ErrNoRows):
		http.Error(w, "404", http.StatusNotFound)
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
	return err != nil
}
