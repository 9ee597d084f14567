package project

import (
	"bytes"
	"debug/elf"
	"io"
	"os"
	"path/filepath"
)

// CacheDir returns the folder where drey keeps what it can make again, or ""
// if the user does not have one. It may be removed at any time.
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

// HashProgram adds what tells this program from every other one to a hash: the ID
// of its build, in which the go command puts a hash of all it has, or else the
// program itself. Reading that takes a tenth of a second.
func HashProgram(w io.Writer) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	if id := buildID(program); id != nil {
		_, err := w.Write(id)
		return err
	}
	return HashFile(w, program)
}

// buildID is the build ID of an ELF file, if it is one of the go command's: two
// hashes of what it was built from and two of what that gave. The linker takes any
// other text as well.
func buildID(program string) []byte {
	f, err := elf.Open(program)
	if err != nil {
		return nil
	}
	defer f.Close()
	section := f.Section(".note.go.buildid")
	if section == nil {
		return nil
	}
	note, err := section.Data()
	const head = 16 // three lengths and the name
	if err != nil || len(note) < head || bytes.Count(note[head:], []byte("/")) != 3 || len(note) < head+4*20+3 {
		return nil
	}
	return note[head:]
}
