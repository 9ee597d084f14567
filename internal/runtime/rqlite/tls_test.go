//go:build !js

package rqlite_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/dreysql/drey/internal/proof/cluster"
	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/rqlite"
)

// By https a node has to be who it says it is, and no request goes to the nodes that the
// cluster names with http.
func TestTLS(t *testing.T) {
	nodes := cluster.Start(t, 1)
	target, err := url.Parse(nodes.URLs()[0])
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(httputil.NewSingleHostReverseProxy(target))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	defer s.Close()
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	c := dialURLs(t, []string{s.URL}, rqlite.Options{TLS: &tls.Config{RootCAs: roots}, Patience: 100 * time.Millisecond})
	exec(t, c, "CREATE TABLE t (n INTEGER)")
	if _, err := c.Nodes(t.Context()); err != nil {
		t.Error(err)
	}
	_, err = rqlite.Dial(t.Context(), []string{s.URL}, rqlite.Options{Patience: time.Millisecond})
	if err == nil || !strings.Contains(err.Error(), "certificate") || errors.Is(err, rqlite.ErrUnknownOutcome) {
		t.Errorf("a certificate that nobody knows: %v", err)
	}
	s.CloseClientConnections()
	s.Close()
	for range 10 {
		if _, err = c.Query(t.Context(), rqlite.Statement{SQL: "SELECT n FROM t"}); err == nil {
			t.Fatal("a request went to another node, without TLS")
		}
	}
	if !errors.Is(err, rqlite.ErrNoLeader) {
		t.Error(err)
	}
}

// OnStatement is told of statements, and of the plans of slow ones.
func TestOnStatement(t *testing.T) {
	var told []drey.Statement
	c, _ := dial(t, rqlite.Options{
		OnStatement: func(_ context.Context, s drey.Statement) { told = append(told, s) }, Arguments: true, SlowAfter: time.Nanosecond,
	}, "CREATE TABLE t (n INTEGER PRIMARY KEY, at DATETIME)")
	client := c.Client()
	if _, err := client.ExecContext(t.Context(), "INSERT INTO t (n) VALUES (?)", 7); err != nil {
		t.Fatal(err)
	}
	if _, err := all(t.Context(), client, "SELECT * FROM t WHERE n = ?", 7); err != nil {
		t.Fatal(err)
	}
	if len(told) != 2 || told[0].Rows != 1 || told[1].Rows != 1 || told[1].SQL != "SELECT * FROM t WHERE n = ?" || told[1].Args[0].Value != int64(7) ||
		len(told[1].Plan) != 1 || !strings.Contains(told[1].Plan[0], "PRIMARY KEY") {
		t.Errorf("%+v", told)
	}
}
