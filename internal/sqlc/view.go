package sqlc

// View returns the package as it would be with other types: to is asked for each
// type. The files stay as they are.
func (p *Package) View(to func(goType string) string) *Package {
	v := *p
	structs := map[*Struct]*Struct{}
	of := func(s *Struct) *Struct {
		if s == nil || structs[s] != nil {
			return structs[s]
		}
		structs[s] = &Struct{Name: s.Name, Fields: fieldsAs(s.Fields, to)}
		return structs[s]
	}
	v.Models, v.Queries = nil, nil
	for _, s := range p.Models {
		v.Models = append(v.Models, of(s))
	}
	for _, m := range p.Queries {
		n := *m
		n.Signature, n.Scan = fieldsAs(m.Signature, to), fieldsAs(m.Scan, to)
		n.ArgsType, n.RowType = of(m.ArgsType), of(m.RowType)
		if m.RowType == nil {
			n.Row = to(m.Row)
		}
		n.Args = nil
		for _, a := range m.Args {
			a.Type = to(a.Type)
			n.Args = append(n.Args, a)
		}
		v.Queries = append(v.Queries, &n)
	}
	return &v
}

func fieldsAs(fields []Field, to func(string) string) (list []Field) {
	for _, f := range fields {
		f.Type = to(f.Type)
		list = append(list, f)
	}
	return list
}
