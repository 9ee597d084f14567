// Package tls stands in the place of crypto/tls in a worker. It has what net/http names
// of that package, and no connection: whatever would speak TLS is [ErrNoTLS]. If net/http
// of a later Go names more, the worker does not compile.
package tls

import (
	"context"
	"errors"
	"net"
)

// ErrNoTLS is the error of what would speak TLS.
var ErrNoTLS = errors.New("a worker does not speak TLS")

// Config is what net/http reads of a configuration.
type Config struct {
	Certificates       []Certificate
	GetCertificate     func(*ClientHelloInfo) (*Certificate, error)
	GetConfigForClient func(*ClientHelloInfo) (*Config, error)
	NextProtos         []string
	ServerName         string
}

// Certificate and ClientHelloInfo are the types of fields of [Config].
type (
	Certificate     struct{}
	ClientHelloInfo struct{}
)

// Clone copies the configuration.
func (c *Config) Clone() *Config {
	if c == nil {
		return nil
	}
	n := *c
	return &n
}

// ConnectionState is what net/http reads of the state of a connection.
type ConnectionState struct {
	NegotiatedProtocol         string
	NegotiatedProtocolIsMutual bool
}

// Conn is a connection whose handshake fails.
type Conn struct{ net.Conn }

// HandshakeContext fails.
func (c *Conn) HandshakeContext(context.Context) error { return ErrNoTLS }

// ConnectionState is that of a connection before its handshake.
func (c *Conn) ConnectionState() ConnectionState { return ConnectionState{} }

// Client is a connection whose handshake fails.
func Client(conn net.Conn, _ *Config) *Conn { return &Conn{conn} }

// NewListener returns a listener that does not accept a connection.
func NewListener(inner net.Listener, _ *Config) net.Listener { return closed{inner} }

type closed struct{ net.Listener }

func (closed) Accept() (net.Conn, error) { return nil, ErrNoTLS }

// LoadX509KeyPair fails.
func LoadX509KeyPair(_, _ string) (Certificate, error) { return Certificate{}, ErrNoTLS }

// RecordHeaderError is an error that no connection gives.
type RecordHeaderError struct {
	RecordHeader [5]byte
	Conn         net.Conn
}

func (RecordHeaderError) Error() string { return ErrNoTLS.Error() }
