package project

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/dreysql/drey/internal/project/config"
)

// Find returns the nearest folder with a configuration, from dir upwards, in the
// same module. ok is false if there is none.
func Find(dir string) (root string, ok bool) {
	for {
		for _, name := range config.Files {
			if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
				return dir, true
			}
		}
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); !errors.Is(err, fs.ErrNotExist) {
			return "", false
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", false
		}
		dir = up
	}
}

// Projects are the projects around the Go packages that one program looks at. Its
// zero value is ready for use, from several goroutines.
type Projects struct {
	mu   sync.Mutex
	open map[string]*opened // by root

	of   *Projects   // those that have them open, nil for its own
	read func(error) // see Watched
}

// Watched returns the same projects. It calls read, from any goroutine, with what
// [Projects.Read] is called with there.
func (p *Projects) Watched(read func(error)) *Projects {
	if p.of != nil {
		p = p.of
	}
	return &Projects{of: p, read: read}
}

// Read says that somebody has asked a project for a schema, with the error if it
// could not be read.
func (p *Projects) Read(err error) {
	if p.read != nil {
		p.read(err)
	}
}

type opened struct {
	once    sync.Once
	project *Project
	err     error
}

// Open returns the project that a folder is in, or nil if it is in none. Its
// error is that of [Open].
func (p *Projects) Open(dir string) (*Project, error) {
	if p.of != nil {
		return p.of.Open(dir)
	}
	root, ok := Find(dir)
	if !ok {
		return nil, nil
	}
	p.mu.Lock()
	if p.open == nil {
		p.open = map[string]*opened{}
	}
	o := p.open[root]
	if o == nil {
		o = &opened{}
		p.open[root] = o
	}
	p.mu.Unlock()
	o.once.Do(func() { o.project, o.err = Open(root) })
	return o.project, o.err
}

// Around returns the project that a folder is in. It is nil if there is none,
// or if the configuration is wrong: [Projects.Open] says that.
func (p *Projects) Around(dir string) *Project {
	project, err := p.Open(dir)
	if err != nil {
		return nil
	}
	return project
}

// Close closes the databases of all of them, as [Project.Close] does.
func (p *Projects) Close() error {
	if p.of != nil {
		return p.of.Close()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var err error
	for _, o := range p.open {
		if o.project != nil {
			err = errors.Join(err, o.project.Close())
		}
	}
	return err
}
