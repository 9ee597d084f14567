//go:build unix

package cluster

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/db"
	"github.com/dreysql/drey/internal/runtime/rqlite"
)

// shell runs a line of docs/cluster.md, in a folder.
func shell(t *testing.T, dir, line string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-c", line)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", line, err, out)
	}
	return string(out)
}

// contents is what a database has.
func contents(t *testing.T, ctx context.Context, c *db.Client) string {
	t.Helper()
	links, err := db.Links.OrderBy(db.Links.ID.Asc()).All(ctx, c)
	must(t, err)
	clicks, err := db.Clicks.OrderBy(db.Clicks.ID.Asc()).All(ctx, c)
	must(t, err)
	text := ""
	for _, l := range links {
		text += fmt.Sprintf("%d %s %v %v %s %d %v\n", l.ID, l.Slug, *l.Title, l.Metadata, l.Host, l.ClickCount, l.CreatedAt)
	}
	for _, k := range clicks {
		text += fmt.Sprintf("%d %x %v %v\n", k.ID, k.Visitor, k.ClickedAt, *k.LatencyMS)
	}
	return text
}

// TestMove takes a file into a cluster and back, with the commands of docs/cluster.md.
func TestMove(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip(err)
	}
	n := Start(t, 3)
	ctx := t.Context()
	dir := t.TempDir()
	file := filepath.Join(dir, "links.db")
	_, err := db.Migrate(ctx, file)
	must(t, err)
	c, err := db.Open(ctx, file)
	must(t, err)
	fill(t, c)
	for i := range 50 {
		latency := float64(i) + 0.25
		_, err := c.CreateClick(ctx, db.CreateClickParams{LinkID: 1, Visitor: []byte(fmt.Sprintf("%016d", i)), LatencyMS: &latency})
		must(t, err)
	}
	before := contents(t, ctx, c)
	must(t, c.Close())

	page, err := os.ReadFile("../../../docs/cluster.md")
	must(t, err)
	line := func(with string) string {
		for l := range strings.Lines(string(page)) {
			if strings.Contains(l, with) {
				l, _, _ = strings.Cut(l, " #")
				return strings.ReplaceAll(strings.TrimSpace(l), "http://10.0.0.1:4001", n.Nodes[1].URL())
			}
		}
		t.Fatalf("docs/cluster.md does not have %s", with)
		return ""
	}
	if out := shell(t, dir, line("/db/load")); strings.Contains(out, "error") {
		t.Fatal(out)
	}
	must(t, n.Ready(ctx))
	cluster, err := db.OpenRqlite(rqlite.WithLevel(ctx, rqlite.Linearizable), n.URLs(), rqlite.Options{})
	must(t, err)
	defer cluster.Close()
	if after := contents(t, ctx, cluster); after != before {
		t.Errorf("the cluster has\n%.600s\nand the file had\n%.600s", after, before)
	}
	expect(t, "../../..", n.Nodes[0].URL(), 0, "has the schema of version", "drift")
	_, err = cluster.CreateLink(ctx, db.CreateLinkParams{UserID: 1, Slug: "later", URL: "https://example.com"})
	must(t, err)
	title := "later"
	_, err = db.Links.Update(db.Links.Title.Set(title)).Where(db.Links.Slug.Eq("later")).Exec(ctx, cluster)
	must(t, err)

	shell(t, dir, line("/db/backup"))
	back, err := db.Open(ctx, filepath.Join(dir, "backup.db"))
	must(t, err)
	defer back.Close()
	must(t, back.Check(ctx))
	if is, was := contents(t, ctx, back), contents(t, ctx, cluster); is != was {
		t.Errorf("the backup has\n%.600s\nand the cluster\n%.600s", is, was)
	}
	if strings.Count(contents(t, ctx, back), "later") != 2 {
		t.Error("the backup lacks what the cluster has stored")
	}
}
