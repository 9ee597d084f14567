package seed

// unit is what is drawn at once: a column, or the columns of foreign keys that share
// some.
type unit struct {
	columns []int
	foreign []*foreign // the longest first
	key     *key       // that it is a part of
}

// size is how many values a unit has, 0 if they are too many to count.
func (u *unit) size(columns []*column) uint64 {
	switch {
	case len(u.foreign) == 1:
		return uint64(len(u.foreign[0].keys))
	case len(u.foreign) > 1:
		return 0
	case columns[u.columns[0]].another:
		return 0
	}
	if s := columns[u.columns[0]].source; s != nil {
		return s.size
	}
	return 0
}

// set gives a unit its i-th value.
func (u *unit) set(r *row, columns []*column, i uint64) {
	if len(u.foreign) == 0 {
		r.values[u.columns[0]] = columns[u.columns[0]].source.at(i)
		return
	}
	f := u.foreign[0]
	for k, c := range f.columns {
		r.values[c] = f.keys[i][k]
	}
}

// key is a unique key whose units have few values each. It goes through their
// combinations in an order that looks random and comes to each once.
type key struct {
	name               string // as in UNIQUE (a, b)
	units              []*unit
	sizes              []uint64
	total              uint64
	start, step, drawn uint64
}

func newKey(r *row, name string, units []*unit, columns []*column) *key {
	k := &key{name: name, units: units, total: 1}
	for _, u := range units {
		n := u.size(columns)
		if n == 0 || k.total > manyValues/n {
			return nil
		}
		k.sizes = append(k.sizes, n)
		k.total *= n
	}
	k.start = r.Uint64N(k.total)
	k.step = max(1, uint64(float64(k.total)*0.6180339887))
	for gcd(k.step, k.total) != 1 {
		k.step++
	}
	return k
}

func gcd(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// draw gives the units the next combination. It reports false if none is left.
func (k *key) draw(r *row, columns []*column) bool {
	if k.drawn == k.total {
		return false
	}
	i := (k.start + k.drawn*k.step%k.total) % k.total
	k.drawn++
	for n := len(k.units) - 1; n >= 0; n-- {
		k.units[n].set(r, columns, i%k.sizes[n])
		i /= k.sizes[n]
	}
	return true
}
