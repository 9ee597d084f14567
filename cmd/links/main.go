// Links serves the link shortener of internal/service/links.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/dreysql/drey/internal/service/links"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "links:", err)
		os.Exit(1)
	}
}

const usage = `Links serves a link shortener with a dashboard and an API, which it describes at
/openapi.yaml. SIGINT and SIGTERM stop it when the requests that are under way
have been answered. $LINKS_VISITOR_SECRET, the same for all processes on one
database, is what visitors are told apart by; it is random if it is not set.

	links -migrate -db links.db -addr 127.0.0.1:8080

The database is a file, or a cluster of rqlite that drey migrate up has migrated, named
by the addresses of its nodes:

	links -db http://10.0.0.1:4001,http://10.0.0.2:4001

`

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("links", flag.ContinueOnError)
	addr := flags.String("addr", env("LINKS_ADDR", "127.0.0.1:8080"), "address to listen on, $LINKS_ADDR")
	database := flags.String("db", "", "database file, or URLs of a cluster's nodes, $LINKS_DB (default \"links.db\")")
	migrate := flags.Bool("migrate", false, "bring the database up to date first")
	country := flags.String("country-header", os.Getenv("LINKS_COUNTRY_HEADER"), "header with the visitor's country, $LINKS_COUNTRY_HEADER")
	address := flags.String("address-header", os.Getenv("LINKS_ADDRESS_HEADER"), "header with the client's address, if every request comes through a proxy that sets it, $LINKS_ADDRESS_HEADER")
	kept := flags.String("clicks-kept", os.Getenv("LINKS_CLICKS_KEPT"), "days for which clicks are kept, for ever if empty, $LINKS_CLICKS_KEPT")
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), usage)
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	clicksKept, err := links.ParseDays(*kept)
	if err != nil {
		return fmt.Errorf("-clicks-kept: %w", err)
	}
	options := links.Options{
		CountryHeader: *country,
		AddressHeader: *address,
		VisitorSecret: []byte(os.Getenv("LINKS_VISITOR_SECRET")),
	}
	// Not the flag's default, which -h prints: a URL may have a password.
	client, closeAll, err := open(ctx, cmp.Or(*database, env("LINKS_DB", "links.db")), *migrate, &options)
	if err != nil {
		return err
	}
	defer closeAll()
	ctx, cancel := context.WithCancel(ctx)
	var sweeping sync.WaitGroup
	sweeper := links.Sweeper{DB: client, ClicksKept: clicksKept}
	sweeping.Go(func() { sweeper.Run(ctx, time.Minute) })
	defer sweeping.Wait()
	defer cancel()
	return serve(ctx, *addr, links.Handler(client, options), func(addr string) { slog.Info("listening", "addr", addr) })
}

// serve tells the address that it listens on, and serves until ctx is done and
// the requests that are under way by then have been answered.
func serve(ctx context.Context, addr string, handler http.Handler, listening func(addr string)) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	listening(listener.Addr().String())
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return server.Shutdown(ctx)
}

func env(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}
