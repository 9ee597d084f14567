//go:build !js

package rqlite

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
)

// Backup writes the database into w as a SQLite file, as it is on the leader now. How long
// it may take is the context's to say.
func (c *Cluster) Backup(ctx context.Context, w io.Writer) error {
	body, err := c.transfer(ctx, http.MethodGet, "/db/backup", nil)
	if err != nil {
		return err
	}
	defer body.Close()
	head := make([]byte, headerSize)
	if _, err := io.ReadFull(body, head); err != nil || string(head[:len(fileMagic)]) != fileMagic {
		return fmt.Errorf("%w: the backup is not a SQLite database", ErrAnswer)
	}
	if _, err := w.Write(head); err != nil {
		return err
	}
	n, err := io.Copy(w, body)
	if err != nil {
		return c.hidden(err)
	}
	// A follower whose leader dies ends the answer as if it were whole.
	if want := databaseSize(head); n+headerSize != want {
		return fmt.Errorf("%w: the backup has %d bytes, and its database %d", ErrAnswer, n+headerSize, want)
	}
	return nil
}

// What a SQLite database begins with, see https://www.sqlite.org/fileformat2.html.
const (
	fileMagic  = "SQLite format 3\x00"
	headerSize = 100
)

// databaseSize is the size of a database by its header: that of a page times their number.
func databaseSize(head []byte) int64 {
	page := int64(binary.BigEndian.Uint16(head[16:]))
	if page == 1 {
		page = 65536
	}
	return page * int64(binary.BigEndian.Uint32(head[28:]))
}

// Load puts a SQLite file in the place of the whole database, with its indexes, triggers
// and rows. It must not be in WAL mode, and should not be larger than the nodes' memory.
func (c *Cluster) Load(ctx context.Context, file io.Reader) error {
	body, err := c.transfer(ctx, http.MethodPost, "/db/load", file)
	if err != nil {
		return err
	}
	defer body.Close()
	answer, err := io.ReadAll(io.LimitReader(body, maxShort))
	if err != nil {
		return c.hidden(err)
	}
	a, err := readAnswer(string(answer), 1)
	switch {
	case err != nil:
		return err
	case a.failure != "":
		return fmt.Errorf("%w: %s", ErrRefused, excerpt(a.failure))
	}
	return nil
}

// transfer sends or fetches a whole database, of which the node in use passes on what the
// leader has.
func (c *Cluster) transfer(ctx context.Context, method, path string, body io.Reader) (io.ReadCloser, error) {
	n := c.nodes.current(Weak)
	req, err := c.request(ctx, method, n.url+path, nil)
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.Body = io.NopCloser(body)
		req.ContentLength = -1
		req.Header.Set("Content-Type", "application/octet-stream")
	}
	res, err := c.http.Do(req)
	if err != nil {
		c.nodes.leave(n)
		return nil, c.hidden(err)
	}
	if res.StatusCode != http.StatusOK {
		defer res.Body.Close()
		text, _ := io.ReadAll(io.LimitReader(res.Body, 200))
		return nil, fmt.Errorf("%w: %s: %s: %s", ErrRefused, n, res.Status, excerpt(string(text)))
	}
	return res.Body, nil
}
