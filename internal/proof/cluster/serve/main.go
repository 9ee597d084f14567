//go:build unix

// Serve starts a cluster of rqlite on loopback and keeps its data in a folder: nodes at
// ports 4001, 4003 and 4005. Ctrl-C ends it.
//
//	serve -rqlited bin/rqlited -dir cluster
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/dreysql/drey/internal/proof/cluster"
)

func main() {
	binary := flag.String("rqlited", "bin/rqlited", "path of rqlited")
	dir := flag.String("dir", "cluster", "folder of the data")
	nodes := flag.Int("nodes", 3, "number of nodes")
	first := flag.Int("port", 4001, "first port; a node has two")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *binary, *dir, *nodes, *first); err != nil {
		fmt.Fprintln(os.Stderr, "serve:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, binary, dir string, nodes, first int) error {
	var ports []int
	for i := range 2 * nodes {
		ports = append(ports, first+i)
	}
	c, err := cluster.New(ctx, binary, dir, nodes, cluster.Options{Ports: ports})
	if err != nil {
		return err
	}
	fmt.Printf("%s\ndata and logs in %s; Ctrl-C ends it\n", strings.Join(c.URLs(), ","), dir)
	<-ctx.Done()
	return c.Close()
}
