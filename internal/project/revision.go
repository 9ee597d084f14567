package project

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/project/config"
	"github.com/dreysql/drey/internal/project/migration"
)

// At opens a project as it was in a revision of git: its configuration and its SQL
// files, in a temporary folder. The caller calls remove. An error is git's, or that
// of [Open].
func At(ctx context.Context, dir, revision string) (p *Project, remove func(), err error) {
	list, err := git(ctx, dir, "", "ls-tree", "-r", "-z", "--name-only", "--end-of-options", revision)
	if err != nil {
		return nil, nil, fmt.Errorf("%s is not a revision of git here: %w\n\tfix: name a tag, a branch or a commit; git fetch --tags gets those of others", revision, err)
	}
	var names []string
	for name := range strings.SplitSeq(list, "\x00") {
		if (path.Ext(name) == ".sql" || path.Base(name) == migration.AtlasSum || slices.Contains(config.Files, name)) && filepath.IsLocal(filepath.FromSlash(name)) && !strings.Contains(name, "\n") {
			names = append(names, name)
		}
	}
	to, err := os.MkdirTemp("", "drey-revision")
	if err != nil {
		return nil, nil, err
	}
	remove = func() { os.RemoveAll(to) }
	if err = extract(ctx, dir, revision, names, to); err == nil {
		p, err = Open(to)
	}
	if errors.Is(err, config.ErrNone) {
		err = fmt.Errorf("%s has no sqlc.yaml in this folder: %w", revision, config.ErrNone)
	}
	if p == nil {
		remove()
		return nil, nil, err
	}
	return p, remove, nil
}

// extract writes files of a revision into a folder.
func extract(ctx context.Context, dir, revision string, names []string, to string) error {
	var asked strings.Builder
	for _, name := range names {
		fmt.Fprintf(&asked, "%s:./%s\n", revision, name)
	}
	content, err := git(ctx, dir, asked.String(), "cat-file", "--batch")
	if err != nil {
		return err
	}
	r := bufio.NewReader(strings.NewReader(content))
	for _, name := range names {
		head, err := r.ReadString('\n')
		if err != nil {
			return err
		}
		var hash, kind string
		var size int
		if n, _ := fmt.Sscan(head, &hash, &kind, &size); n < 3 || kind != "blob" {
			return fmt.Errorf("git cat-file says of %s: %s", name, strings.TrimSpace(head))
		}
		text := make([]byte, size+1) // and a line end
		if _, err := io.ReadFull(r, text); err != nil {
			return err
		}
		file := filepath.Join(to, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, text[:size], 0o600)); err != nil {
			return err
		}
	}
	return nil
}

func git(ctx context.Context, dir, stdin string, args ...string) (string, error) {
	c := exec.CommandContext(ctx, "git", append([]string{"-C", dir}, args...)...)
	var out, said bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(stdin), &out, &said
	if err := c.Run(); err != nil {
		if text := strings.TrimSpace(said.String()); text != "" {
			return "", errors.New(text)
		}
		return "", err
	}
	return out.String(), nil
}
