package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/dreysql/drey/internal/db"
	"github.com/dreysql/drey/internal/runtime/rqlite"
	"github.com/dreysql/drey/internal/service/links"
)

// onCluster reports whether the flag -db names the nodes of a cluster, and not a file.
func onCluster(database string) bool {
	return strings.HasPrefix(database, "http://") || strings.HasPrefix(database, "https://")
}

// deadline is how long a request waits for a cluster, which is without a leader for a
// second or two when a node dies.
const deadline = 10 * time.Second

// open opens what the flag -db names, and brings it up to date first if migrate says so.
// What has to be set for it goes into options. What it returns closes it.
func open(ctx context.Context, database string, migrate bool, options *links.Options) (*db.Client, func(), error) {
	if onCluster(database) {
		if migrate {
			return nil, nil, errors.New("-migrate is for a file: drey migrate up --db migrates a cluster")
		}
		return openCluster(ctx, strings.Split(database, ","), options)
	}
	if migrate {
		if _, err := db.Migrate(ctx, database); err != nil {
			return nil, nil, err
		}
	}
	c, err := db.Open(ctx, database)
	if err != nil {
		return nil, nil, err
	}
	return c, func() { c.Close() }, nil
}

// openCluster opens a cluster. Each write has a key, so that one whose answer is lost with
// a leader is made again, and done once. The service is ready while a majority of the
// nodes says that it has a leader.
func openCluster(ctx context.Context, urls []string, options *links.Options) (*db.Client, func(), error) {
	c, err := db.OpenRqlite(ctx, urls, rqlite.Options{Keyed: true, Patience: deadline})
	if err != nil {
		return nil, nil, err
	}
	cluster, err := rqlite.Dial(ctx, urls, rqlite.Options{Level: rqlite.Linearizable, Patience: time.Second})
	if err != nil {
		c.Close()
		return nil, nil, err
	}
	options.Deadline = deadline
	options.Ready = func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		// @native-sql asks whether there is a leader with a majority, and for nothing else
		_, err := cluster.Query(ctx, rqlite.Statement{SQL: "SELECT 1"})
		return err
	}
	return c, func() {
		cluster.Close()
		c.Close()
	}, nil
}
