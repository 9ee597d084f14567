package links_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/dreysql/drey/internal/proof/workerd"
)

// newWorker is the link shortener of cmd/links-edge in workerd, with a user. It
// does not have a database of its own to look into.
func newWorker(t testing.TB) *service {
	t.Helper()
	url := workerd.Serve(t, workerd.Build(t, "../../../cmd/links-edge"), workerd.Schema(t)...)
	s := &service{TB: t, handler: remote(strings.TrimPrefix(url, "http://"))}
	s.token, s.user = s.register("ada@example.com")
	return s
}

// remote is the address of a server, as a handler. What it is asked for goes
// out as it is written: no client makes another path of it.
type remote string

func (address remote) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := address.ask(w, r); err != nil {
		panic(err)
	}
}

func (address remote) ask(w http.ResponseWriter, r *http.Request) error {
	conn, err := net.DialTimeout("tcp", string(address), 10*time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		return err
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n", r.Method, r.RequestURI, r.Host)
	if len(body) > 0 {
		fmt.Fprintf(&text, "Content-Length: %d\r\n", len(body))
	}
	if err := r.Header.Write(&text); err != nil {
		return err
	}
	text.WriteString("\r\n")
	text.Write(body)
	if _, err := io.WriteString(conn, text.String()); err != nil {
		return err
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	maps.Copy(w.Header(), res.Header)
	w.WriteHeader(res.StatusCode)
	_, err = io.Copy(w, res.Body)
	return err
}

// shown is what the service shows to whom a token belongs, but for when tokens
// were used.
func shown(s *service, token string) string {
	s.Helper()
	defer func(before string) { s.token = before }(s.token)
	s.token = token
	all := map[string]any{}
	for _, target := range []string{"/api/links", "/api/top", "/api/tokens", "/api/links/hers/stats"} {
		r := s.do("GET", target, "")
		var out map[string]any
		s.want(r.StatusCode, r, &out)
		delete(out, "since") // thirty days ago
		all[target] = out
		tokens, _ := out["tokens"].([]any)
		for _, token := range tokens {
			delete(token.(map[string]any), "last_used_at")
		}
	}
	text, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		s.Fatal(err)
	}
	return string(text)
}
