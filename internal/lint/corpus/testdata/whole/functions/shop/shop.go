// Package shop puts statements together.
package shop

import (
	"net/http"

	"example.com/functions/kinds"
)

type Shop struct {
	run    kinds.Run
	Remove func(name string, more int) error
	keep   func(name string, more, less int) error
	exec   kinds.Execer
	tell   kinds.Teller
	once   func(string) error
}

func New(run kinds.Run, remove func(name string, more int) error, keep func(name string, more, less int) error, exec kinds.Execer, tell kinds.Teller, once func(string) error) *Shop {
	return &Shop{run, remove, keep, exec, tell, once}
}

func (s *Shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := r.FormValue("name")
	s.run(r.Context(), "DELETE FROM books WHERE name = '"+name+"'")
	s.Remove(name, 1)
	s.keep("a", 1, 2)
	s.exec.Apply(r.Context(), "DELETE FROM books WHERE name = '"+name+"'")
	s.tell.Tell("DELETE FROM books WHERE name = 'x'")
	apply := s.exec.Apply
	apply(r.Context(), "DELETE FROM books WHERE name = '"+name+"'")
	s.once("DELETE FROM books")
}

// Each calls a function with each title.
func Each[N any](f func(string, N)) {
	var n N
	f("a title", n)
}
