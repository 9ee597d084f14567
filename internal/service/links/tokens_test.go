package links_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/google/go-cmp/cmp"
)

func TestTokens(t *testing.T) {
	s := newService(t)
	first := s.token
	var made struct {
		ID           int64
		Label, Scope string
		Token        string
	}
	s.want(http.StatusCreated, s.do("POST", "/api/tokens", `{"label": " laptop "}`), &made)
	if made.Label != "laptop" || made.Scope != "read" {
		t.Errorf("%+v", made)
	}
	for _, tt := range []struct {
		body, field string
		status      int
	}{
		{`{"label": "laptop"}`, "label", 409},
		{`{"label": " "}`, "label", 422},
		{`{"label": "` + strings.Repeat("a", 61) + `"}`, "label", 422},
		{`{"label": "x\u0000"}`, "label", 422},
		{`{"label": "x", "scope": "admin"}`, "scope", 422},
		{`{"label": "x", "user_id": 2}`, "", 400},
	} {
		var out struct{ Error, Field string }
		s.want(tt.status, s.do("POST", "/api/tokens", tt.body), &out)
		if out.Error == "" || out.Field != tt.field {
			t.Errorf("%s: %+v", tt.body, out)
		}
	}

	// The list does not show a secret.
	r := s.do("GET", "/api/tokens", "")
	var list struct {
		Tokens []map[string]any
	}
	s.want(http.StatusOK, r, &list)
	if text := fmt.Sprint(list); strings.Contains(text, first) || strings.Contains(text, made.Token) || strings.Contains(text, "hash") {
		t.Error(text)
	}
	labels := []any{}
	for _, token := range list.Tokens {
		labels = append(labels, token["label"])
	}
	if diff := cmp.Diff([]any{"first", "laptop"}, labels); diff != "" {
		t.Error(diff)
	}

	// A token that may only read cannot make or revoke one.
	target := fmt.Sprintf("/api/tokens/%d", made.ID)
	s.token = made.Token
	s.want(http.StatusOK, s.do("GET", "/api/links", ""), nil)
	s.want(http.StatusForbidden, s.do("POST", "/api/tokens", `{"label": "x"}`), nil)
	s.want(http.StatusForbidden, s.do("DELETE", target, ""), nil)

	// Somebody else's token is not found, and not in the list.
	s.token, _ = s.register("eve@example.com")
	var hers struct {
		Tokens []struct{ Label string }
	}
	s.want(http.StatusOK, s.do("GET", "/api/tokens", ""), &hers)
	if len(hers.Tokens) != 1 || hers.Tokens[0].Label != "first" {
		t.Errorf("Eve sees %+v", hers)
	}
	s.want(http.StatusNotFound, s.do("DELETE", target, ""), nil)

	s.token = first
	s.want(http.StatusNoContent, s.do("DELETE", target, ""), nil)
	s.want(http.StatusNotFound, s.do("DELETE", target, ""), nil)
	s.token = made.Token
	s.want(http.StatusUnauthorized, s.do("GET", "/api/links", ""), nil)
	s.token = first
	s.want(http.StatusCreated, s.do("POST", "/api/tokens", `{"label": "laptop"}`), nil) // the label is free again
	for i := range 48 {
		s.want(http.StatusCreated, s.do("POST", "/api/tokens", fmt.Sprintf(`{"label": "%d"}`, i)), nil)
	}
	s.want(http.StatusUnprocessableEntity, s.do("POST", "/api/tokens", `{"label": "more"}`), nil)

	// However many are revoked, the list has those that are valid, and an end.
	if _, err := db.APITokens.Update(db.APITokens.RevokedAt.Set(drey.Unix(now))).Where(db.APITokens.Label.Like("4%")).Exec(t.Context(), s.db); err != nil {
		t.Fatal(err)
	}
	for i := range 60 {
		var out struct{ ID int }
		s.want(http.StatusCreated, s.do("POST", "/api/tokens", fmt.Sprintf(`{"label": "brief %d"}`, i)), &out)
		s.want(http.StatusNoContent, s.do("DELETE", fmt.Sprintf("/api/tokens/%d", out.ID), ""), nil)
	}
	s.want(http.StatusOK, s.do("GET", "/api/tokens", ""), &list)
	valid, current := 0, []any{}
	for _, token := range list.Tokens {
		if token["revoked_at"] == nil {
			valid++
		}
		if token["current"] == true {
			current = append(current, token["label"])
		}
	}
	if len(list.Tokens) != 100 || valid != 41 {
		t.Errorf("%d tokens are listed, and %d of 41 that are valid", len(list.Tokens), valid)
	}
	if diff := cmp.Diff([]any{"first"}, current); diff != "" {
		t.Errorf("the token of the request: %s", diff)
	}
}
