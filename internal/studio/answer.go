package studio

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"html/template"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed pages assets
var files embed.FS

// shell is what is around every page.
type shell struct {
	Title    string
	Page     string
	Database string
	Path     string // of the file
	Write    bool
	Tables   []*table
	Broken   []broken
	Project  bool
	CSRF     string
	Here     string // the table or query that the page is about
	Address  string
	Undo     string // what undo would undo, "" for nothing
	Data     any
}

var functions = template.FuncMap{
	"place": place, "about": about, "asset": assetPath, "join": strings.Join, "indexed": columnsOfIndex,
	"checked": func(is bool) string {
		if is {
			return "yes"
		}
		return ""
	},
	"upper": strings.ToUpper,
}

// pages are the templates, each with what is around it.
var pages = func() map[string]*template.Template {
	around := template.Must(template.New("shell.html").Funcs(functions).ParseFS(files, "pages/shell.html", "pages/parts.html"))
	list := map[string]*template.Template{}
	entries, err := files.ReadDir("pages")
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		name := strings.TrimSuffix(e.Name(), ".html")
		if name == "shell" || name == "parts" {
			continue
		}
		list[name] = template.Must(template.Must(around.Clone()).ParseFS(files, "pages/"+e.Name()))
	}
	return list
}()

// answer writes a page.
func (r *request) answer(a *answer) error {
	w := r.writer
	switch {
	case a.raw != nil:
		return a.raw(w)
	case a.to != "":
		http.Redirect(w, r.Request, a.to, http.StatusSeeOther)
		return nil
	}
	s := &shell{
		Title: a.title, Page: a.page, Database: r.db.Name, Path: r.db.Path, Write: r.db.writes != nil, Project: r.options.Project != nil,
		CSRF: r.guard.sign("csrf"), Here: r.PathValue("table"), Address: r.address(), Undo: r.undo.last(), Data: a.data,
	}
	if r.catalog != nil {
		s.Tables, s.Broken = r.catalog.tables, r.catalog.broken
	}
	var b bytes.Buffer
	if err := pages[a.page].ExecuteTemplate(&b, "shell.html", s); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if a.status != 0 {
		w.WriteHeader(a.status)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// address is the page to come back to: for what a form is sent to, the page of its form.
func (r *request) address() string {
	switch {
	case r.Method == http.MethodGet:
		return r.URL.RequestURI()
	case r.PathValue("query") != "":
		return place("query", named(r.PathValue("query")))
	case r.PathValue("table") != "":
		return place("rows", named(r.PathValue("table")))
	}
	return "/"
}

// assets are the files that pages name, with the hashes of what is in them.
var assets = func() map[string]string {
	list := map[string]string{}
	entries, err := files.ReadDir("assets")
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		content, err := files.ReadFile("assets/" + e.Name())
		if err != nil {
			panic(err)
		}
		sum := sha256.Sum256(content)
		list[e.Name()] = hex.EncodeToString(sum[:6])
	}
	return list
}()

// assetPath is where a file is: the hash is in its address, so that a browser may keep it.
func assetPath(name string) string { return "/assets/" + name + "?" + assets[name] }

func serveAsset(w http.ResponseWriter, r *http.Request) {
	name := path.Base(r.PathValue("name"))
	content, err := files.ReadFile("assets/" + name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	if r.URL.RawQuery == assets[name] {
		w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
	}
	w.Write(content)
}

// policy is the Content-Security-Policy of every page: nothing from elsewhere, no script in
// a page.
var policy = "default-src 'none'; script-src 'self'; style-src 'self' " + hashed(drawnStyle()) + "; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func hashed(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
