package links

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

const (
	maxTokens = 50 // of a user, that are not revoked
	maxShown  = 2 * maxTokens
	maxLabel  = 60 // characters
)

// shownToken is a token without what is secret of it.
type shownToken struct {
	ID         int64            `json:"id"`
	Label      string           `json:"label"`
	Scope      db.APITokenScope `json:"scope"`
	CreatedAt  db.UnixTime      `json:"created_at"`
	LastUsedAt *db.UnixTime     `json:"last_used_at"`
	RevokedAt  *db.UnixTime     `json:"revoked_at"`
	Current    bool             `json:"current"` // the request has it
}

func show(t db.APIToken) shownToken {
	return shownToken{t.ID, t.Label, t.Scope, t.CreatedAt, t.LastUsedAt, t.RevokedAt, false}
}

func (s *server) listTokens(r *http.Request, user int64) (answer, error) {
	// Those that are valid, and of the others as many as there is room for: one can
	// make a token and revoke it without an end.
	t := db.APITokens
	chosen := t.Where(t.UserID.Eq(user)).OrderBy(t.RevokedAt.Desc().NullsFirst(), t.ID.Desc()).Limit(maxShown)
	tokens, err := t.Where(drey.InQuery(t.ID, chosen, t.ID)).OrderBy(t.ID.Asc()).All(r.Context(), s.db)
	if err != nil {
		return answer{}, err
	}
	_, given, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	current := hashOf(given)
	shown := make([]shownToken, len(tokens))
	for i, t := range tokens {
		shown[i] = show(t)
		shown[i].Current = bytes.Equal(t.Hash, current)
	}
	return answer{status: http.StatusOK, body: map[string]any{"tokens": shown}}, nil
}

// createToken shows a token this once.
func (s *server) createToken(r *http.Request, user int64) (answer, error) {
	in := struct {
		Label string `json:"label"`
		Scope string `json:"scope"`
	}{Scope: string(read)}
	if err := decode(r, &in); err != nil {
		return answer{}, err
	}
	label, err := cleanText("label", strings.TrimSpace(in.Label), 1, maxLabel)
	if err != nil {
		return answer{}, err
	}
	scope := db.APITokenScope(in.Scope)
	if !scope.Valid() {
		return answer{}, invalid("scope", "a scope is read or write")
	}
	have, err := db.APITokens.Where(db.APITokens.UserID.Eq(user), db.APITokens.RevokedAt.IsNull()).Count(r.Context(), s.db)
	if err != nil {
		return answer{}, err
	}
	if have >= maxTokens {
		return answer{}, invalid("", "you have %d tokens: revoke one first", have)
	}
	token, hash := newToken()
	t, err := s.db.CreateAPIToken(r.Context(), db.CreateAPITokenParams{UserID: user, Label: label, Hash: hash, Scope: &scope})
	if drey.FailureOf(err) == drey.UniqueViolation {
		return answer{}, &problem{Status: http.StatusConflict, Field: "label", Message: "you have a token of that label"}
	}
	if err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusCreated, body: struct {
		shownToken
		Token string `json:"token"`
	}{show(t), token}}, nil
}

func (s *server) revokeToken(r *http.Request, user int64) (answer, error) {
	errNone := &problem{Status: http.StatusNotFound, Message: "you have no such token"}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id < 1 || id > maxExact {
		return answer{}, errNone
	}
	t := db.APITokens
	n, err := t.Update(t.RevokedAt.Set(drey.Unix(time.Now()))).
		Where(t.ID.Eq(id), t.UserID.Eq(user), t.RevokedAt.IsNull()).
		Exec(r.Context(), s.db)
	if err == nil && n == 0 {
		err = errNone
	}
	return answer{status: http.StatusNoContent}, err
}
