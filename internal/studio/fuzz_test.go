package studio

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"testing"
)

// Whatever an address has, the answer is a page: no panic, and nothing that SQLite says of a
// statement's syntax.
func FuzzAddress(f *testing.F) {
	for _, seed := range [][2]string{
		{"/rows/mixed", "v=gt.1&order=v.desc&limit=2"}, {"/rows/odd", "or=(id.eq.1,and(v.like.a*,id.not.in.(1,2)))"}, {"/row/untyped", "k=eq.'it''s'"}, {"/row/blobs", "k=eq.00ff"},
		{"/rows/a \"quoted\" 'table' /?#%&+;", "order_=eq.o&order=a.b.desc"}, {"/add/rows/odd", "query=id%3Deq.1&column=v&operator=contains&value=%25"}, {"/cell/odd", "id=eq.5&@cell=v"},
		{"/rows/odd", "cursor=AAAA&select=v,id"}, {"/row/odd", "id=eq.1&@whole"}, {"/table/strict_", ""}, {"/rows/~..", "v=is.null"}, {"/rows/search", "search=like.x"},
	} {
		f.Add(seed[0], seed[1])
	}
	path := filepath.Join(f.TempDir(), "hostile.db")
	exec(f, openDB(f, path), hostile)
	db, err := OpenFile(f.Context(), path, false)
	if err != nil {
		f.Fatal(err)
	}
	s := New(db, "127.0.0.1:1", Options{})
	f.Cleanup(func() { s.Close() })
	f.Fuzz(func(t *testing.T, path, query string) {
		r := httptest.NewRequest("GET", "http://127.0.0.1:1/", nil)
		r.URL = &url.URL{Path: path, RawQuery: query}
		r.AddCookie(&http.Cookie{Name: s.guard.cookie(), Value: s.guard.session})
		answer := httptest.NewRecorder()
		s.ServeHTTP(answer, r)
		if answer.Code >= 500 && answer.Code != 503 {
			t.Errorf("%s?%s: %d %s", path, query, answer.Code, plain(answer.Body.String()))
		}
	})
}

// What an address can name is what it was.
func FuzzValue(f *testing.F) {
	f.Add("x'00'", []byte{0}, int64(7), 1.5)
	f.Add("'", []byte(nil), int64(-1), 1e300)
	f.Add("1e5", []byte("a"), int64(0), 0.0)
	f.Fuzz(func(t *testing.T, text string, blob []byte, n int64, x float64) {
		for k := range kindNames {
			for _, v := range []any{text, blob, n, x} {
				if written, ok := kind(k).text(v); ok {
					if back, err := kind(k).parse(written); err != nil || !same(back, v) {
						t.Errorf("%s: %#v is written %q and read %#v, %v", kind(k), v, written, back, err)
					}
				} else if kind(k) == anyKind && x == x {
					t.Errorf("%#v cannot be written", v)
				}
			}
		}
	})
}
