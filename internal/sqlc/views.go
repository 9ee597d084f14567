package sqlc

import (
	"strings"

	v131 "github.com/dreysql/drey/internal/sqlc/v131"
)

// view is a staged view.
type view struct {
	object v131.Object
	plain  bool // staged as a table
}

// replaceViews stages the views that sqlc could not read as tables. Views that read
// such a view are not replaced: they are tried again.
func (s *staging) replaceViews(said string) (replaced bool, err error) {
	var unread []*view
	byName := map[string]bool{}
	files := map[*view]string{}
	for _, m := range v131.Messages(said) {
		if v := s.views[m.File]; v != nil && !v.plain && !byName[m.File] {
			byName[m.File] = true
			files[v] = m.File
			unread = append(unread, v)
		}
	}
	for i, v := range unread {
		if mentionsAny(v, unread[:i]) { // those that it reads come first
			continue
		}
		v.plain, replaced = true, true
		if err := s.file(files[v], v.object.Plain); err != nil {
			return false, err
		}
	}
	return replaced, nil
}

func mentionsAny(v *view, others []*view) bool {
	for _, o := range others {
		if strings.Contains(strings.ToLower(v.object.SQL), strings.ToLower(o.object.Table.Name)) {
			return true
		}
	}
	return false
}
