package policy

import (
	"io"
	"os"
	"path/filepath"
)

// CacheDir is the folder where drey keeps what it can make again, "" where the
// user has none. It may be removed at any time.
func CacheDir() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "drey")
}

// HashFile adds what a file has to a hash.
func HashFile(w io.Writer, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(w, f)
	return err
}
