package sqlite

import (
	"net/url"
	"path/filepath"
)

// Save writes the database into a new file.
func (m *Memory) Save(path string) error {
	file, err := open(fileURI(path, ""), nil)
	if err != nil {
		return err
	}
	if err := copyInto(m.anchor, file); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}

// LoadMemory reads a database from a file that must not change meanwhile.
func LoadMemory(path string) (*Memory, error) {
	file, err := open(fileURI(path, "mode=ro&immutable=1"), nil)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	m, err := NewMemory()
	if err != nil {
		return nil, err
	}
	if err := copyInto(file, m.anchor); err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

// fileURI names a file, see https://www.sqlite.org/uri.html.
func fileURI(path, query string) string {
	path = filepath.ToSlash(path)
	if filepath.VolumeName(path) != "" {
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: query}).String()
}
