package generate_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/dreysql/drey/internal/generate"
)

var update = flag.Bool("update", false, "write what the replays give into testdata/replay")

// replayModule is the module that the replays are in, each in the folder of its name.
const replayModule = "example.com/replay"

// TestReplay generates each folder of testdata/replay, which is a project. Its
// folder want/ has
//
//   - said.txt: the messages: why nothing is generated, or warnings and notes; without it
//     nothing is said
//   - Go and SQL files that are to be generated, at their paths; there may be more
//   - check.txt: what the package in check/ prints, whose Check gets a folder
//   - wrong.txt: how the compiler refuses the package in wrong/
//
// The packages in check/ are compiled as one program. Each archive beside a project
// says what becomes of the generated project once the archive's files are in it; "rm
// FILE" is a file to remove. The archive's comment says what it is about, and it has
// want/ as well.
//
// With -update, the files in want/ are written again, and said.txt in any case.
func TestReplay(t *testing.T) {
	module := newModule(t)
	names, err := os.ReadDir("testdata/replay")
	if err != nil {
		t.Fatal(err)
	}
	var program sync.Map // the folders to compile
	t.Run("generate", func(t *testing.T) {
		for _, e := range names {
			t.Run(e.Name(), func(t *testing.T) {
				t.Parallel()
				folder := filepath.Join("testdata/replay", e.Name())
				r := replay{dir: filepath.Join(module, e.Name()), once: testing.Short(), want: readTree(t, filepath.Join(folder, "want"))}
				copyProject(t, folder, r.dir)
				if r.generate(t) {
					program.Store(e.Name(), &r)
				}
				if *update {
					r.update(t, folder)
				}
				archives, err := filepath.Glob(filepath.Join(folder, "*.txtar"))
				if err != nil {
					t.Fatal(err)
				}
				for _, file := range archives {
					t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { replayArchive(t, r.dir, file) })
				}
			})
		}
	})
	replays := map[string]*replay{}
	for name, r := range program.Range {
		replays[name.(string)] = r.(*replay)
	}
	if len(replays) > 0 {
		compile(t, module, replays)
	}
}

// replay is a project and what it should give: texts by the path below want/.
type replay struct {
	dir       string
	once      bool // it is not generated again
	want, got map[string]string
}

// generate generates, twice if it is not once, and compares. It reports whether there is a package.
func (r *replay) generate(t *testing.T) bool {
	t.Helper()
	before := readTree(t, r.dir)
	said, ok := r.run(t)
	r.got = map[string]string{}
	if said != "" {
		r.got["said.txt"] = said
	}
	after := readTree(t, r.dir)
	if !ok {
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("a refused generation has changed files:\n%s", diff)
		}
	}
	for name := range r.want {
		if text, written := after[name]; written && ok {
			r.got[name] = text
		}
	}
	r.compare(t)
	return ok
}

func (r *replay) run(t *testing.T) (said string, ok bool) {
	t.Helper()
	result, err := generate.Run(t.Context(), generate.Options{Dir: r.dir, Check: true})
	if err != nil {
		return err.Error() + "\n", false
	}
	if err := result.Write(t.Context()); err != nil {
		return err.Error() + "\n", false
	}
	for _, n := range result.Notes {
		said += "note: " + n + "\n"
	}
	for _, w := range result.Warnings {
		said += "warning: " + w.Error() + "\n"
	}
	if r.once {
		return said, true
	}
	again, err := generate.Run(t.Context(), generate.Options{Dir: r.dir})
	if err != nil || len(again.Changes) > 0 {
		t.Errorf("what was generated is stale at once: %v", err)
	}
	return said, true
}

// compare compares everything except what a program prints.
func (r *replay) compare(t *testing.T) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(r.want)) {
		got, ok := r.got[name]
		switch {
		case name == "check.txt", name == "wrong.txt", *update && (ok || name == "said.txt"):
		case !ok:
			t.Errorf("want/%s is not there", name)
		default:
			if diff := cmp.Diff(r.want[name], got); diff != "" {
				t.Errorf("want/%s, -want +got:\n%s", name, diff)
			}
		}
	}
	if said := r.got["said.txt"]; said != "" && r.want["said.txt"] == "" && !*update {
		t.Errorf("nobody wants it said:\n%s", said)
	}
}

// update writes what was given into a folder's want.
func (r *replay) update(t *testing.T, folder string) {
	t.Helper()
	want := filepath.Join(folder, "want")
	if _, ok := r.got["said.txt"]; !ok {
		_ = os.Remove(filepath.Join(want, "said.txt"))
	}
	for name, text := range r.got {
		writeFile(t, filepath.Join(want, filepath.FromSlash(name)), text)
	}
}

// replayArchive is what becomes of a generated project with the files of an archive.
func replayArchive(t *testing.T, dir, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r := replay{dir: filepath.Join(newModule(t), filepath.Base(dir)), once: testing.Short(), want: map[string]string{}}
	if err := os.CopyFS(r.dir, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	var files []txtar.File
	for _, f := range archive.Files {
		name := filepath.Join(r.dir, filepath.FromSlash(strings.TrimPrefix(f.Name, "rm ")))
		if wanted, ok := strings.CutPrefix(f.Name, "want/"); ok {
			r.want[wanted] = string(f.Data)
			continue
		}
		files = append(files, f)
		if !strings.HasPrefix(f.Name, "rm ") {
			writeFile(t, name, string(f.Data))
		} else if err := os.RemoveAll(name); err != nil {
			t.Fatal(err)
		}
	}
	if len(bytes.TrimSpace(archive.Comment)) == 0 {
		t.Error("the archive does not say what it is about")
	}
	r.generate(t)
	if *update {
		for _, name := range slices.Sorted(maps.Keys(r.got)) {
			files = append(files, txtar.File{Name: "want/" + name, Data: []byte(r.got[name])})
		}
		writeFile(t, file, string(txtar.Format(&txtar.Archive{Comment: archive.Comment, Files: files})))
	}
}

// compile builds one program of what is to be checked, runs it, and compares what it prints;
// and has the compiler refuse what is wrong.
func compile(t *testing.T, module string, replays map[string]*replay) {
	var imports, calls strings.Builder
	var wrong []string
	for _, name := range slices.Sorted(maps.Keys(replays)) {
		if exists(filepath.Join(replays[name].dir, "check")) {
			fmt.Fprintf(&imports, "\t%s %q\n", name, path.Join(replayModule, name, "check"))
			fmt.Fprintf(&calls, "\tfmt.Println(\"-- %s --\")\n\t%s.Check(folder())\n", name, name)
		}
		if exists(filepath.Join(replays[name].dir, "wrong")) {
			wrong = append(wrong, name)
		}
	}
	writeFile(t, filepath.Join(module, "main.go"), "package main\n\nimport (\n\t\"fmt\"\n\t\"log\"\n\t\"os\"\n\n"+imports.String()+`)

func folder() string {
	dir, err := os.MkdirTemp("", "replay")
	if err != nil {
		log.Fatal(err)
	}
	return dir
}

func main() {
`+calls.String()+"}\n")
	t.Run("run", func(t *testing.T) { // before what is wrong, which shares the packages
		out, err := goCommand(t, module, "run", ".")
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		for _, f := range txtar.Parse(out).Files {
			judge(t, f.Name, "check.txt", string(f.Data), replays[f.Name])
		}
	})
	for _, name := range wrong {
		t.Run("wrong/"+name, func(t *testing.T) {
			t.Parallel()
			out, err := goCommand(t, module, "build", "-gcflags=-e", "./"+name+"/wrong")
			if err == nil {
				t.Error("it compiles")
			}
			judge(t, name, "wrong.txt", string(out), replays[name])
		})
	}
}

func judge(t *testing.T, name, file, got string, r *replay) {
	t.Helper()
	if *update {
		writeFile(t, filepath.Join("testdata/replay", name, "want", file), got)
	} else if diff := cmp.Diff(r.want[file], got); diff != "" {
		t.Errorf("%s: want/%s, -want +got:\n%s", name, file, diff)
	}
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// newModule is a folder with this module's requirements, and with the shared runtime for those
// that name it.
func newModule(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"go.mod", "go.sum"} {
		content, err := os.ReadFile(filepath.Join("..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		if name == "go.mod" {
			content = generate.SharedModule(content, replayModule, generate.SharedRuntime(t))
		}
		writeFile(t, filepath.Join(dir, name), string(content))
	}
	return dir
}

// goCommand runs the go command as a user does whose go.mod may need a tidy.
func goCommand(t *testing.T, dir string, args ...string) ([]byte, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod -ldflags=-w "+os.Getenv("GOFLAGS"), "CGO_ENABLED=0", "TMPDIR="+t.TempDir()) // what the programs leave goes
	return cmd.CombinedOutput()
}

// copyProject copies a folder without its archives and what it wants.
func copyProject(t *testing.T, from, to string) {
	t.Helper()
	for name, text := range readTree(t, from) {
		if !strings.HasPrefix(name, "want/") && path.Ext(name) != ".txtar" {
			writeFile(t, filepath.Join(to, filepath.FromSlash(name)), text)
		}
	}
}

// readTree reads the files below a folder, by their slash-separated paths. There are none
// where it does not exist.
func readTree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || err == nil && e.IsDir() {
			return nil
		} else if err != nil {
			return err
		}
		content, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		files[name] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
