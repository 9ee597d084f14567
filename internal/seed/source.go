package seed

import (
	"encoding/binary"
	"math"
	"strconv"
	"strings"

	"github.com/dreysql/drey/internal/gotype"
	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltime"
)

// manyValues are more than a source counts.
const manyValues = 1 << 40

// source makes values of a column: nil, int64, float64, string or []byte.
type source struct {
	// Of a source that has few values size is how many, and at returns each.
	size uint64
	at   func(i uint64) any

	// next returns any value. another returns a value of its own for each n; nil where
	// only at does.
	next    func(r *row) any
	another func(r *row, n uint64) any
}

func (s *source) draw(r *row) any {
	if s.next != nil {
		return s.next(r)
	}
	return s.at(r.Uint64N(s.size))
}

// list is the source of some values.
func list(values []any) *source {
	return &source{size: uint64(len(values)), at: func(i uint64) any { return values[i] }}
}

// sources returns those that suit a column, the most plausible first. Which of them the
// CHECKs accept is for the judge to say.
func sources(t *schema.Table, c *schema.Column, typ gotype.Type, d *domain) []*source {
	if d.values != nil {
		return []*source{list(d.values)}
	}
	affinity := infer.AffinityOf(c.Affine())
	name, base := snake(c.Name), typ.Base
	integer, isInteger := gotype.Integers[base]
	numeric := affinity == infer.IntegerAffinity || affinity == infer.NumericAffinity || affinity == infer.RealAffinity
	switch {
	case sqltime.FormOf(c.Type) != sqltime.None && affinity != infer.IntegerAffinity && !isInteger,
		base == "TextTime", base == "time.Time":
		return times(name, sqltime.FormOf(c.Type))
	case base == "UnixTime":
		return []*source{unix(name, 1)}
	case base == "UnixMilli":
		return []*source{unix(name, 1000)}
	case base == "bool":
		return []*source{list([]any{int64(0), int64(1)})}
	case isInteger && integer.Max == math.MaxInt64, base == "any" && affinity == infer.IntegerAffinity:
		return append(d.integers(name, math.MinInt64, math.MaxInt64), d.reals(name)...)
	case isInteger:
		return d.integers(name, integer.Min, integer.Max)
	case base == "float64", base == "float32":
		if base == "float32" { // the places of a decimal fraction are not among its numbers
			return d.integers(name, -1<<20, 1<<20)
		}
		return append(d.reals(name), d.integers(name, math.MinInt64, math.MaxInt64)...)
	case base == "[]byte":
		return d.blobs()
	case affinity == infer.BlobAffinity && isUUID(typ, c):
		return append([]*source{uuids(true)}, d.texts(t, c)...)
	case isUUID(typ, c):
		return append([]*source{uuids(false)}, d.texts(t, c)...)
	case base == "JSON", base == "json.RawMessage", strings.HasPrefix(strings.ToUpper(c.Type), "JSON"):
		return []*source{text(d, (*row).json)}
	}
	if named, ok := types[strings.TrimPrefix(base, "*")]; ok {
		return []*source{text(d, named)}
	}
	if base == "any" && affinity == infer.BlobAffinity && strings.Contains(strings.ToUpper(c.Type), "BLOB") {
		return append(d.blobs(), d.texts(t, c)...)
	}
	if numeric && base != "string" {
		return append(d.reals(name), append(d.integers(name, math.MinInt64, math.MaxInt64), d.texts(t, c)...)...)
	}
	return d.texts(t, c)
}

// types are Go types that read a text of a certain form.
var types = map[string]func(*row) string{
	"netip.Addr":      func(r *row) string { return r.fake.IPv4Address() },
	"net.IP":          func(r *row) string { return r.fake.IPv4Address() },
	"decimal.Decimal": func(r *row) string { return strconv.FormatFloat(round(r.Float64()*1000, 2), 'f', 2, 64) },
	"url.URL":         func(r *row) string { return "https://example.com/" + r.words(1, "") },
	"ulid.ULID":       func(r *row) string { return strings.ToUpper("01" + r.hex(24)) },
}

func isUUID(typ gotype.Type, c *schema.Column) bool {
	return strings.Contains(strings.ToUpper(typ.Text), "UUID") || strings.EqualFold(c.Type, "UUID") || strings.EqualFold(c.Type, "GUID")
}

func uuids(bytes bool) *source {
	of := func(b []byte) any {
		if bytes {
			return b
		}
		return uuidText(b)
	}
	next := func(r *row) any { return of(r.uuidBytes()) }
	return &source{next: next, another: func(r *row, _ uint64) any { return next(r) }}
}

func times(name string, form sqltime.Form) []*source {
	write, unit := timeText, uint64(1)
	if form == sqltime.Date || form == sqltime.None && ends(name, "date", "day", "birthday", "dob") {
		write, unit = dateText, day
	}
	moment := momentOf(name)
	return []*source{{
		size: uint64(lastTime-firstTime) / unit, at: func(i uint64) any { return write(firstTime + int64(i*unit)) },
		next: func(r *row) any { return write(moment(r)) },
	}}
}

func unix(name string, unit int64) *source {
	moment := momentOf(name)
	return &source{
		size: uint64(lastTime - firstTime), at: func(i uint64) any { return (firstTime + int64(i)) * unit },
		next: func(r *row) any { return moment(r) * unit },
	}
}

func (d *domain) integers(name string, lowest, highest int64) (list []*source) {
	lo, hi := lowest, highest
	if d.min > float64(lo) {
		lo = int64(math.Ceil(max(d.min, math.MinInt64)))
	}
	if d.max < float64(hi) {
		hi = int64(math.Floor(min(d.max, math.MaxInt64)))
	}
	if lo > hi {
		return nil
	}
	if dated(name) && lo <= firstTime && lastTime*1000 <= hi {
		unit := int64(1)
		if ends(name, "ms", "millis") {
			unit = 1000
		}
		list = append(list, unix(name, unit))
	}
	wantLo, wantHi := int64(0), int64(1000)
	for _, n := range integers {
		if ends(name, n.words...) {
			wantLo, wantHi = n.min, n.max
			break
		}
	}
	if strings.HasPrefix(name, "is_") || strings.HasPrefix(name, "has_") {
		wantLo, wantHi = 0, 1
	}
	if max(lo, wantLo) > min(hi, wantHi) { // they are elsewhere
		wantLo = max(lo, min(hi, 1)-1000)
		wantHi = min(hi, wantLo+1000)
	}
	wantLo, wantHi = max(lo, wantLo), min(hi, wantHi)
	s := &source{next: func(r *row) any { return wantLo + r.Int64N(wantHi-wantLo+1) }}
	if span := uint64(hi) - uint64(lo); span < 1<<20 {
		s.size, s.at = span+1, func(i uint64) any { return lo + int64(i) }
	} else {
		from := max(lo, 1)
		if from > hi-1<<40 {
			from = lo
		}
		s.another = func(_ *row, n uint64) any { return from + int64(n) }
	}
	return append(list, s)
}

func (d *domain) reals(name string) []*source {
	lo, hi, places := 0.0, 1000.0, 2
	for _, n := range reals {
		if ends(name, n.words...) {
			lo, hi, places = n.min, n.max, n.places
			break
		}
	}
	if max(lo, d.min) > min(hi, d.max) {
		lo = max(d.min, -1e6)
		hi = min(d.max, lo+1000)
		lo = max(lo, hi-1000)
	}
	lo, hi = max(lo, d.min), min(hi, d.max)
	if lo > hi {
		return nil
	}
	return []*source{{
		next: func(r *row) any {
			return min(max(round(lo+r.Float64()*(hi-lo), places), lo), hi)
		},
		another: func(r *row, n uint64) any {
			if math.IsInf(d.max, 1) {
				return lo + float64(n) + 0.5
			}
			return lo + r.Float64()*(hi-lo)
		},
	}}
}

func round(x float64, places int) float64 {
	scale := math.Pow10(places)
	return math.Round(x*scale) / scale
}

func (d *domain) blobs() []*source {
	lo, hi := d.minLen, d.maxLen
	if hi == noLimit {
		hi = max(16, lo)
		lo = max(lo, min(hi, 16))
	}
	if hi < lo {
		return nil
	}
	if hi <= 2 {
		n := uint64(1) << (8 * hi)
		return []*source{{size: n, at: func(i uint64) any { return binary.LittleEndian.AppendUint64(nil, i)[:hi] }}}
	}
	next := func(r *row) any { return r.bytes(lo + r.IntN(min(hi, lo+64)-lo+1)) }
	another := func(r *row, n uint64) any {
		b := r.bytes(min(hi, max(lo, 16)))
		if len(b) < 12 {
			copy(b, binary.LittleEndian.AppendUint64(nil, n)) // by chance too often the same
		}
		return b
	}
	return []*source{{next: next, another: another}}
}

// texts are the sources of a column of text.
func (d *domain) texts(t *schema.Table, c *schema.Column) (list []*source) {
	if d.json {
		list = append(list, text(d, (*row).json), &source{next: func(r *row) any { return `["` + r.words(1, "") + `"]` }})
	}
	if d.maxLen > 4 {
		list = append(list, text(d, textOf(t, snake(c.Name))))
	}
	if ends(snake(c.Name), "country", "country_code", "nationality") {
		list = append(list, text(d, func(r *row) string { return r.fake.CountryAbr() }))
	}
	for _, p := range []pattern{readGlob(d.glob), readLike(d.like)} {
		switch {
		case len(p) == 0:
		case p.open():
			list = append(list, text(d, func(r *row) string { return p.random(r, r.words(1, "")) }))
		case p.size() > 0:
			list = append(list, &source{size: p.size(), at: func(i uint64) any { return p.at(i) }, next: func(r *row) any { return p.random(r, "") }})
		default:
			next := func(r *row) any { return p.random(r, "") }
			list = append(list, &source{next: next, another: func(r *row, _ uint64) any { return next(r) }})
		}
	}
	if set := d.allowed(); d.maxLen <= 8 && d.maxLen > 0 {
		p := make(pattern, d.maxLen)
		for i := range p {
			p[i] = set
		}
		if p.size() > 0 {
			if d.minLen > 1 || d.maxLen > 4 {
				list = append(list, &source{size: p.size(), at: func(i uint64) any { return p.at(i) }})
			} else {
				list = append([]*source{{size: p.size(), at: func(i uint64) any { return p.at(i) }}}, list...)
			}
		}
	}
	list = append(list, append(times(snake(c.Name), sqltime.Time), times(snake(c.Name), sqltime.Date)...)...)
	for _, common := range []func(*row) string{
		(*row).json, (*row).uuid, (*row).email,
		func(r *row) string { return strconv.Itoa(r.IntN(1000)) },
		func(r *row) string { return r.words(1, "") },
		func(r *row) string { return strings.ToUpper(r.words(1, "")) },
		func(r *row) string { return r.hex(min(max(d.minLen, 32), d.maxLen, 4096)) },
		func(r *row) string { return strconv.Itoa(10000 + r.IntN(90000)) },
		func(r *row) string { return "https://example.com/" + r.words(1, "") },
	} {
		list = append(list, text(d, common))
	}
	return list
}

// allowed are the characters that are left to a text, as far as they are simple.
func (d *domain) allowed() []byte {
	if d.without == "" {
		return []byte(letters)
	}
	out, _ := readSet(d.without)
	var set []byte
	for _, c := range []byte(printing) {
		if !strings.ContainsRune(string(out), rune(c)) {
			set = append(set, c)
		}
	}
	return set
}

// text is the source of texts that are cut and filled to what their column takes.
func text(d *domain, of func(*row) string) *source {
	set := ""
	if d.without != "" {
		set = string(d.allowed())
	}
	clean := func(s string) string {
		if set == "" {
			return s
		}
		return strings.Map(func(c rune) rune {
			for _, c := range []rune{c, c | 0x20, c &^ 0x20, '-', '_'} {
				if c < 128 && strings.ContainsRune(set, c) {
					return c
				}
			}
			return -1
		}, s)
	}
	fit := func(s, suffix string) string {
		s = clean(s)
		if at := strings.LastIndexByte(s, '@'); at > 0 && suffix != "" && d.maxLen == noLimit { // of an address
			return s[:at] + suffix + s[at:]
		}
		if n := d.maxLen - len(suffix); len(s) > n {
			runes := []rune(s)
			s = string(runes[:max(0, min(n, len(runes)))])
		}
		if short := d.minLen - len([]rune(s)) - len(suffix); short > 0 {
			fill := "a"
			if set != "" {
				fill = set[:1]
			}
			s += strings.Repeat(fill, short)
		}
		return s + suffix
	}
	return &source{
		next: func(r *row) any { return fit(of(r), "") },
		another: func(r *row, n uint64) any {
			word, number := of(r), strconv.FormatUint(n, 10)
			switch {
			case strings.HasPrefix(word, "{"): // JSON
				return `{"n":` + number + "," + word[1:]
			case len(number) > d.maxLen:
				number = strconv.FormatUint(n, 36)
			case d.maxLen > len(number)+4 && strings.Trim(word, "0123456789abcdef") != "" && !strings.Contains(word, "@"):
				number = "-" + number
			}
			return fit(word, clean(number))
		},
	}
}
