package driver

import (
	"bytes"
	"cmp"
	"encoding/gob"
	"fmt"
	"go/types"
	"io"
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/objectpath"
)

// fact is a fact as it is kept: of an object of its package that others can reach, or
// of the package itself.
type fact struct {
	Object objectpath.Path // "" for the package
	Fact   analysis.Fact
}

// about is what a fact is found by: what it is about and its type.
type about struct {
	object types.Object // nil for the package
	typ    reflect.Type
}

type facts map[about]analysis.Fact

// register lets the facts of analyzers be kept. All of them have their numbers in the
// encoding after that, so that equal facts have an equal encoding.
func register(analyzers []*analysis.Analyzer) error {
	done := map[*analysis.Analyzer]bool{}
	for len(analyzers) > 0 {
		a := analyzers[0]
		analyzers = slices.Concat(analyzers[1:], a.Requires)
		if done[a] {
			continue
		}
		done[a] = true
		for _, f := range a.FactTypes {
			gob.Register(f)
			if err := gob.NewEncoder(io.Discard).Encode([]fact{{Fact: f}}); err != nil {
				return fmt.Errorf("%s: facts of type %T cannot be kept: %w", a.Name, f, err)
			}
		}
	}
	return nil
}

// encode returns the facts that other packages can see.
func (fs facts) encode() ([]byte, error) {
	var list []fact
	var paths objectpath.Encoder
	for k, f := range fs {
		kept := fact{Fact: f}
		if k.object != nil {
			path, err := paths.For(k.object)
			if err != nil {
				continue // out of their reach
			}
			kept.Object = path
		}
		list = append(list, kept)
	}
	if len(list) == 0 {
		return nil, nil
	}
	slices.SortFunc(list, func(a, b fact) int {
		return cmp.Or(cmp.Compare(a.Object, b.Object), cmp.Compare(fmt.Sprintf("%T", a.Fact), fmt.Sprintf("%T", b.Fact)))
	})
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(list)
	return b.Bytes(), err
}

// decode returns facts by the objects of a package. It leaves out those of objects
// that the package does not have.
func decode(content []byte, pkg *types.Package) (facts, error) {
	fs := facts{}
	if len(content) == 0 {
		return fs, nil
	}
	var list []fact
	if err := gob.NewDecoder(bytes.NewReader(content)).Decode(&list); err != nil {
		return nil, err
	}
	for _, f := range list {
		k := about{typ: reflect.TypeOf(f.Fact)}
		if f.Object != "" {
			var err error
			if k.object, err = objectpath.Object(pkg, f.Object); err != nil {
				return nil, err
			}
		}
		fs[k] = f.Fact
	}
	return fs, nil
}

// get copies a fact to where ptr points. It reports whether there is one.
func (fs facts) get(object types.Object, ptr analysis.Fact) bool {
	f, ok := fs[about{object, reflect.TypeOf(ptr)}]
	if ok {
		reflect.ValueOf(ptr).Elem().Set(reflect.ValueOf(f).Elem())
	}
	return ok
}

// of returns the facts of a package that another one imports.
func (r *run) of(pkg *types.Package) facts {
	u := r.units[r.program.Of(pkg)]
	if u == nil {
		return nil // of another module
	}
	u.decoded.Do(func() {
		var err error
		if u.facts, err = decode(u.Facts, pkg); err != nil {
			panic(fmt.Sprintf("the facts of %s do not fit its types: %v", u.ID, err))
		}
	})
	return u.facts
}
