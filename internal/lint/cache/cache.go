// Package cache keeps what drey lint has computed, by the hash of all that it
// depends on. A value is never changed: what depends on something else has another
// key. Several processes may use one folder.
package cache

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Key is a SHA-256 hash.
type Key [sha256.Size]byte

// Cache is a folder of values. The zero value keeps nothing.
type Cache struct {
	Dir string // made when it is needed; "" keeps nothing
}

// The go command keeps its cache by the same times: a file's time says when it was
// used, to the hour, and one that nobody has used for days is removed.
const (
	precision = time.Hour
	unused    = 5 * 24 * time.Hour
	often     = 24 * time.Hour // Trim looks at the files
)

// Get returns a value. A file that is not as it was written, for whatever reason, is
// as good as none.
func (c *Cache) Get(key Key) (value []byte, ok bool) {
	if c.Dir == "" {
		return nil, false
	}
	name := c.name(key)
	content, err := os.ReadFile(name)
	if err != nil || len(content) < sha256.Size {
		return nil, false
	}
	if value = content[sha256.Size:]; sum(key, value) != Key(content[:sha256.Size]) {
		return nil, false
	}
	if info, err := os.Stat(name); err == nil && time.Since(info.ModTime()) > precision {
		now := time.Now()
		_ = os.Chtimes(name, now, now) // or else it is computed again one day
	}
	return value, true
}

// Put keeps a value. One that cannot be kept is computed again.
func (c *Cache) Put(key Key, value []byte) {
	if c.Dir == "" {
		return
	}
	name := c.name(key)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return
	}
	part, err := os.CreateTemp(filepath.Dir(name), "part-")
	if err != nil {
		return
	}
	check := sum(key, value)
	_, err = part.Write(bytes.Join([][]byte{check[:], value}, nil))
	if closeErr := part.Close(); err == nil && closeErr == nil {
		err = os.Rename(part.Name(), name)
	}
	if err != nil {
		_ = os.Remove(part.Name())
	}
}

func (c *Cache) name(key Key) string {
	text := hex.EncodeToString(key[:])
	return filepath.Join(c.Dir, text[:2], text[2:])
}

// sum is what a file begins with. It says whose value it is, too.
func sum(key Key, value []byte) Key {
	h := sha256.New()
	h.Write(key[:])
	h.Write(value)
	return Key(h.Sum(nil))
}

// Trim removes the files below a folder, that of a Cache for one, that nobody has
// used for days. Once a day it looks for them, and otherwise it returns at once.
func Trim(dir string) {
	mark := filepath.Join(dir, "trimmed")
	if info, err := os.Stat(mark); dir == "" || err == nil && time.Since(info.ModTime()) < often {
		return
	}
	if err := os.WriteFile(mark, nil, 0o644); err != nil {
		return // the folder is not there yet
	}
	now := time.Now()
	_ = os.Chtimes(mark, now, now) // writing nothing to an empty file may leave its time
	_ = filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return nil
		}
		if info, err := e.Info(); err == nil && now.Sub(info.ModTime()) > unused {
			_ = os.Remove(name)
		}
		return nil
	})
}
