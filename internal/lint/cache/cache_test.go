package cache

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

func TestCache(t *testing.T) {
	c := &Cache{filepath.Join(t.TempDir(), "lint")}
	one, other := Key(sha256.Sum256([]byte("one"))), Key(sha256.Sum256([]byte("other")))
	if _, ok := c.Get(one); ok {
		t.Error("an empty cache has a value")
	}
	for _, want := range [][]byte{{}, []byte("value"), bytes.Repeat([]byte{0, 255}, 1<<16)} {
		c.Put(one, want)
		if got, ok := c.Get(one); !ok || !bytes.Equal(got, want) {
			t.Errorf("%d bytes are kept as %d, %v", len(want), len(got), ok)
		}
	}
	if _, ok := c.Get(other); ok {
		t.Error("a key has the value of another")
	}
	(&Cache{}).Put(one, []byte("x"))
	if _, ok := (&Cache{}).Get(one); ok {
		t.Error("a cache without a folder has a value")
	}
}

// TestDamaged: whatever becomes of a file, its value is the one that was kept, or
// there is none.
func TestDamaged(t *testing.T) {
	c := &Cache{t.TempDir()}
	key, other := Key{1}, Key{2}
	want := []byte("what was computed")
	c.Put(key, want)
	c.Put(other, []byte("something else"))
	whole, err := os.ReadFile(c.name(key))
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := os.ReadFile(c.name(other))
	if err != nil {
		t.Fatal(err)
	}
	damaged := [][]byte{foreign, append(bytes.Clone(whole), 0)}
	for i := range whole {
		flipped := bytes.Clone(whole)
		flipped[i] ^= 1
		damaged = append(damaged, whole[:i], flipped)
	}
	for _, content := range damaged {
		if err := os.WriteFile(c.name(key), content, 0o644); err != nil {
			t.Fatal(err)
		}
		if got, ok := c.Get(key); ok {
			t.Errorf("%q is read as %q", content, got)
		}
	}
	c.Put(key, want)
	if got, ok := c.Get(key); !ok || !bytes.Equal(got, want) {
		t.Error("a damaged file is not replaced")
	}
	if err := os.Remove(c.name(key)); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(c.name(key), 0o755); err != nil {
		t.Fatal(err)
	}
	c.Put(key, want)
	if _, ok := c.Get(key); ok {
		t.Error("a folder is a value")
	}
}

// TestTogether: several writers and readers of the same keys see whole values.
func TestTogether(t *testing.T) {
	c := &Cache{t.TempDir()}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 200 {
				key := Key{byte(i % 5)}
				want := bytes.Repeat([]byte(fmt.Sprint(i%5)), 5000)
				if got, ok := c.Get(key); ok && !bytes.Equal(got, want) {
					t.Errorf("%d bytes of key %d are not its value", len(got), i%5)
				}
				c.Put(key, want)
			}
		})
	}
	wg.Wait()
	left, err := filepath.Glob(filepath.Join(c.Dir, "*", "part-*"))
	if err != nil || len(left) > 0 {
		t.Error(left, err)
	}
}

func TestTrim(t *testing.T) {
	dir := t.TempDir()
	c := &Cache{filepath.Join(dir, "lint")}
	old, new, used := Key{1}, Key{2}, Key{3}
	for _, key := range []Key{old, new, used} {
		c.Put(key, []byte("x"))
	}
	past := time.Now().Add(-unused - time.Hour)
	for _, key := range []Key{old, used} {
		if err := os.Chtimes(c.name(key), past, past); err != nil {
			t.Fatal(err)
		}
	}
	c.Get(used)
	Trim(dir)
	for key, want := range map[Key]bool{old: false, new: true, used: true} {
		if _, ok := c.Get(key); ok != want {
			t.Errorf("value %d is there: %v", key[0], ok)
		}
	}
	c.Put(old, []byte("x"))
	if err := os.Chtimes(c.name(old), past, past); err != nil {
		t.Fatal(err)
	}
	Trim(dir) // not again today
	if _, err := os.Stat(c.name(old)); err != nil {
		t.Error(err)
	}
	if err := os.Chtimes(filepath.Join(dir, "trimmed"), past, past); err != nil {
		t.Fatal(err)
	}
	Trim(dir)
	if _, err := os.Stat(c.name(old)); err == nil {
		t.Error("an old file is still there")
	}
	Trim("")
	Trim(filepath.Join(dir, "nowhere"))
}
