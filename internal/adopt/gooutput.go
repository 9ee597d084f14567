package adopt

import (
	"bytes"
	"strings"
)

// goOutput is what the go command writes: what it downloads goes to the progress, line by line,
// and the rest is kept.
type goOutput struct {
	progress func(step string)
	line     []byte // the last one, which has not ended
	kept     strings.Builder
}

// Write takes what is written.
func (o *goOutput) Write(text []byte) (int, error) {
	o.line = append(o.line, text...)
	for {
		end := bytes.IndexByte(o.line, '\n')
		if end < 0 {
			return len(text), nil
		}
		line := string(o.line[:end+1])
		o.line = o.line[end+1:]
		if what, ok := strings.CutPrefix(line, "go: downloading "); ok {
			name, _, _ := strings.Cut(strings.TrimSpace(what), " ")
			o.progress("downloading " + name)
			continue
		}
		o.kept.WriteString(line)
	}
}

// rest is what it said beside that.
func (o *goOutput) rest() string { return o.kept.String() + string(o.line) }
