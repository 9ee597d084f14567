//go:build unix

package cluster

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/dreysql/drey/internal/db"
)

// litestreamVariable names the environment variable with the path of litestream.
const litestreamVariable = "DREY_LITESTREAM"

// writerVariable has this program write to the database that it names until it is killed.
const writerVariable = "DREY_WRITES_TO"

// TestLitestream measures what a copy by Litestream lacks when the machine is lost: the
// writer and Litestream are killed at once. What it lacks must be the last that was
// acknowledged, and nothing if only the writer was killed.
func TestLitestream(t *testing.T) {
	if file := os.Getenv(writerVariable); file != "" {
		writeUntilKilled(t, file)
	}
	litestream := os.Getenv(litestreamVariable)
	if litestream == "" {
		t.Skipf("%s names no litestream", litestreamVariable)
	}
	for round := range scaled(2, 8) {
		machine := round%4 != 0 // is lost, not the writer alone
		ctx, dir := t.Context(), t.TempDir()
		file, replica, restored := filepath.Join(dir, "links.db"), "file://"+filepath.Join(dir, "replica"), filepath.Join(dir, "restored.db")
		_, err := db.Migrate(ctx, file)
		must(t, err)
		c, err := db.Open(ctx, file)
		must(t, err)
		fill(t, c)
		must(t, c.Close())
		copier := exec.CommandContext(ctx, litestream, "replicate", file, replica)
		copier.SysProcAttr = attributes()
		must(t, start(copier))
		writer := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestLitestream$")
		writer.Env, writer.SysProcAttr = append(os.Environ(), writerVariable+"="+file), attributes()
		said, err := writer.StdoutPipe()
		must(t, err)
		must(t, start(writer))
		type write struct {
			id int64
			at time.Time
		}
		acknowledged := make(chan []write)
		go func() {
			var list []write
			for lines := bufio.NewScanner(said); lines.Scan(); {
				var id int64
				if n, _ := fmt.Sscanf(lines.Text(), "stored %d.", &id); n == 1 {
					list = append(list, write{id, time.Now()})
				}
			}
			acknowledged <- list
		}()
		time.Sleep(4*time.Second + time.Duration(round)*130*time.Millisecond)
		must(t, writer.Process.Kill())
		if !machine {
			time.Sleep(3 * time.Second)
		}
		must(t, copier.Process.Kill())
		list := <-acknowledged
		_, _ = writer.Wait(), copier.Wait()
		if out, err := exec.CommandContext(ctx, litestream, "restore", "-o", restored, replica).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		back, err := db.Open(ctx, restored)
		must(t, err)
		clicks, err := db.Clicks.All(ctx, back)
		must(t, err)
		must(t, back.Close())
		stored := map[int64]bool{}
		for _, k := range clicks {
			stored[k.ID] = true
		}
		var lost []write
		for _, w := range list {
			switch {
			case !stored[w.id]:
				lost = append(lost, w)
			case lost != nil:
				t.Errorf("write %d is there, and %d before it is not", w.id, lost[0].id)
			}
		}
		if len(list) == 0 || !machine && lost != nil {
			t.Errorf("%d writes acknowledged, %d lost, with litestream going on", len(list), len(lost))
		}
		during := time.Duration(0)
		if lost != nil {
			during = lost[len(lost)-1].at.Sub(lost[0].at)
		}
		t.Logf("machine lost: %v; %d writes acknowledged, %d not restored, of the last %v", machine, len(list), len(lost), during.Round(10*time.Millisecond))
	}
}

// writeUntilKilled says of each write that it is stored.
func writeUntilKilled(t *testing.T, file string) {
	ctx := context.Background()
	c, err := db.Open(ctx, file)
	must(t, err)
	for {
		click, err := c.CreateClick(ctx, db.CreateClickParams{LinkID: 1})
		must(t, err)
		fmt.Printf("stored %d.\n", click.ID)
		time.Sleep(5 * time.Millisecond)
	}
}
