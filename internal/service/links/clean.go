package links

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

// Limits of a link, of what is stored of it. The database has those of slug and
// tag, too.
const (
	maxURL      = 2048    // bytes
	maxTitle    = 200     // characters
	maxMetadata = 8 << 10 // bytes
	maxTags     = 10
	maxTag      = 40 // characters
	maxLinkUses = maxExact
)

// maxExact is the largest integer that programs which know no other numbers than
// doubles tell from the next, JavaScript's and so D1 among them.
const maxExact = 1<<53 - 1

// What slugs, countries and hosts are made of. Package regexp would be a
// twentieth of the worker, for these few rules.
const (
	digits = "0123456789"
	lower  = "abcdefghijklmnopqrstuvwxyz"
	upper  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// madeOf reports whether a text is of so many bytes, all of them in the set.
func madeOf(set, text string, least, most int) bool {
	return least <= len(text) && len(text) <= most && strings.Trim(text, set) == ""
}

// reserved are the slugs that nobody gets, in any case of letters: they are
// paths of the service, or look like them.
var reserved = []string{
	"about", "admin", "api", "assets", "cdn-cgi", "dashboard", "favicon", "health", "healthz", "help", "login", "logout",
	"metrics", "openapi", "privacy", "readyz", "register", "robots", "settings", "signup", "static", "status", "terms",
}

// Each function below returns what is stored of what a client sends, or what is
// wrong with it. What is stored is stored again as it is.

// cleanURL takes absolute URLs of the web, and gives each a path: the column
// host ends at the first slash.
func cleanURL(raw string) (string, error) {
	u, err := url.Parse(raw)
	switch {
	case raw == "":
		return "", invalid("url", "it is missing")
	case err != nil || u.Scheme == "":
		return "", invalid("url", "it is no absolute URL")
	case u.Scheme != "http" && u.Scheme != "https":
		return "", invalid("url", "only http and https can be linked to, not %s", u.Scheme)
	case u.Hostname() == "":
		return "", invalid("url", "it has no host")
	case strings.Contains(u.Hostname(), "%"):
		return "", invalid("url", "its host has a zone of this network")
	case u.User != nil:
		return "", invalid("url", "it has a user name in it")
	}
	if u.Path == "" {
		u.Path = "/"
	}
	clean := u.String()
	if len(clean) > maxURL {
		return "", invalid("url", "it may have %d bytes, and has %d as it is stored: what is not ASCII takes three bytes for one", maxURL, len(clean))
	}
	return clean, nil
}

func isSlug(slug string) bool { return madeOf(lower+upper+digits+"-_", slug, 3, 64) }

func cleanSlug(slug string) (string, error) {
	if !isSlug(slug) {
		return "", invalid("slug", "a slug has 3 to 64 letters, digits, hyphens and underscores")
	}
	if slices.Contains(reserved, strings.ToLower(slug)) {
		return "", invalid("slug", "the slug is reserved")
	}
	return slug, nil
}

// cleanText takes a text of one line.
func cleanText(field, text string, least, most int) (string, error) {
	if n := utf8.RuneCountInString(text); n < least || n > most {
		return "", invalid(field, "it has %d to %d characters", least, most)
	}
	if strings.ContainsFunc(text, unicode.IsControl) {
		return "", invalid(field, "it has a control character in it")
	}
	return text, nil
}

func cleanTitle(title string) (string, error) { return cleanText("title", title, 0, maxTitle) }

// cleanTags drops the spaces around tags and those that are there already.
func cleanTags(names []string) ([]string, error) {
	if len(names) > maxTags {
		return nil, invalid("tags", "a link has at most %d tags", maxTags)
	}
	clean := []string{}
	for _, name := range names {
		name, err := cleanText("tags", strings.TrimSpace(name), 1, maxTag)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(clean, name) {
			clean = append(clean, name)
		}
	}
	return clean, nil
}

// cleanMetadata writes the document without spaces and without escapes that it
// does not need, and makes a null of it one of the column.
func cleanMetadata(document db.JSON) (db.JSON, error) {
	if len(document) == 0 || string(document) == "null" {
		return nil, nil
	}
	d := json.NewDecoder(bytes.NewReader(document))
	d.UseNumber()
	clean, err := rewrite(nil, d)
	if err != nil {
		return nil, err
	}
	if len(clean) > maxMetadata {
		return nil, invalid("metadata", "it may have %d bytes, and has %d without spaces", maxMetadata, len(clean))
	}
	return clean, nil
}

// rewrite appends the next value of d, which is well-formed.
func rewrite(b []byte, d *json.Decoder) ([]byte, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token := token.(type) {
	case json.Delim:
		b = append(b, byte(token))
		for first := true; d.More(); first = false {
			if !first {
				b = append(b, ',')
			}
			if token == '{' {
				if b, err = rewrite(b, d); err != nil { // the name
					return nil, err
				}
				b = append(b, ':')
			}
			if b, err = rewrite(b, d); err != nil {
				return nil, err
			}
		}
		end, err := d.Token()
		if err != nil {
			return nil, err
		}
		return append(b, byte(end.(json.Delim))), nil
	case json.Number:
		// Most programs read numbers as these, and would not read the document.
		if _, err := token.Float64(); err != nil {
			return nil, invalid("metadata", "the number %.20s in it is larger than %g", token, math.MaxFloat64)
		}
		return append(b, token...), nil
	}
	return appendJSON(b, token)
}

func cleanMaxClicks(n int64) (int64, error) {
	if n < 1 || n > maxLinkUses {
		return 0, invalid("max_clicks", "a link has 1 to %d clicks", int64(maxLinkUses))
	}
	return n, nil
}

// instant is a time in a body, in the form of RFC 3339, as it is stored: without
// a fraction of a second. Only what can be written in that form in UTC is one.
type instant db.UnixTime

func (t *instant) UnmarshalJSON(data []byte) error {
	var given time.Time
	err := given.UnmarshalJSON(data)
	// What package time takes beside RFC 3339.
	if _, offset := given.Zone(); err != nil || max(offset, -offset) >= 24*60*60 || bytes.ContainsRune(data, ',') {
		return &problem{Status: http.StatusBadRequest, Message: fmt.Sprintf("%.60s is not a time like 2026-01-02T15:04:05Z", data)}
	}
	*t = instant(drey.Unix(given))
	if year := t.Year(); year < 0 || year > 9999 {
		return &problem{Status: http.StatusBadRequest, Message: fmt.Sprintf("%.60s is in the year %d in UTC, and a time is in the years 0 to 9999", data, year)}
	}
	return nil
}

func cleanExpiry(now time.Time) func(instant) (instant, error) {
	return func(at instant) (instant, error) {
		if !at.After(now) {
			return at, invalid("expires_at", "the time is not in the future")
		}
		return at, nil
	}
}
