package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/dreysql/drey/internal/diag"
)

// Version1 reports whether a text is version 1 of sqlc's configuration, which drey does not
// read.
func Version1(content []byte) bool {
	root, err := raw(content)
	return err == nil && text(root, "version") == "1"
}

// Upgrade writes version 1 of sqlc's configuration as version 2, with its comments. A .json
// file stays JSON. Its error says why the text cannot be written so.
func Upgrade(name string, content []byte) ([]byte, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(content, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(doc.Content) == 0 {
		return nil, &diag.Problem{File: name, Msg: "the configuration is empty", Fix: "begin with this:\n" + example}
	}
	if n := oddKey(doc.Content[0]); n != nil {
		return nil, &diag.Problem{File: name, Line: n.Line, Col: n.Column, Msg: "this key is not a name", Fix: "see " + reference}
	}
	root := upgraded(doc.Content[0])
	if root == nil {
		return nil, &diag.Problem{File: name, Msg: "version 1 of sqlc's configuration has packages, and this one does not", Fix: "begin with this:\n" + example}
	}
	if path.Ext(name) == ".json" {
		return indented(root)
	}
	doc.Content[0] = root
	text, err := written(&doc)
	return []byte(text), err
}

// oddKey finds a key that is not a scalar, nil if there is none.
func oddKey(n *yaml.Node) *yaml.Node {
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 && c.Kind != yaml.ScalarNode {
			return c
		}
		if odd := oddKey(c); odd != nil {
			return odd
		}
	}
	return nil
}

// indented is a node as JSON, with its keys in their order.
func indented(n *yaml.Node) ([]byte, error) {
	var compact, b bytes.Buffer
	if err := encode(&compact, n); err != nil {
		return nil, err
	}
	if err := json.Indent(&b, compact.Bytes(), "", "  "); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

func encode(b *bytes.Buffer, n *yaml.Node) error {
	open, end := "{", "}"
	switch n.Kind {
	case yaml.MappingNode:
	case yaml.SequenceNode:
		open, end = "[", "]"
	default:
		var v any
		if err := n.Decode(&v); err != nil {
			return err
		}
		text, err := json.Marshal(v)
		b.Write(text)
		return err
	}
	b.WriteString(open)
	for i, item := range n.Content {
		switch {
		case i == 0:
		case n.Kind == yaml.MappingNode && i%2 == 1:
			b.WriteByte(':')
		default:
			b.WriteByte(',')
		}
		if err := encode(b, item); err != nil {
			return err
		}
	}
	b.WriteString(end)
	return nil
}

// Option is one of drey's own options in a configuration of version 2.
type Option struct {
	Key     string
	Value   string // a scalar, as YAML and JSON both write it
	Comment string // for a reader; JSON does not have any
}

// ErrAdopted says that a configuration has options of drey's already.
var ErrAdopted = errors.New("it has options.drey already")

// Adopt adds options.drey with one option to a configuration of version 2. All that was
// there stays byte for byte as it is. Its error is [ErrAdopted] where there is an options.drey,
// or a [diag.Problem] with the lines to write where the text is one that it cannot add to.
func Adopt(name string, content []byte, o Option) ([]byte, error) {
	root, err := raw(content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	options := value(root, "options")
	if value(options, "drey") != nil {
		return nil, ErrAdopted
	}
	by := &diag.Problem{File: name, Line: 1, Msg: "drey cannot add its options to this text", Fix: "add\n" + o.block("", true)}
	if root.Kind != yaml.MappingNode {
		return nil, by
	}
	changed := o.add(content, root, options)
	if lines := bytes.Count(content, []byte("\n")); lines > 0 && lines == bytes.Count(content, []byte("\r\n")) {
		changed = bytes.ReplaceAll(bytes.ReplaceAll(changed, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
	}
	if !sameBut(content, changed, o) {
		return nil, by
	}
	return changed, nil
}

// add writes the option where it belongs, by the kind of text that stands there.
func (o Option) add(content []byte, root, options *yaml.Node) []byte {
	flow := fmt.Sprintf("{%q: %s}", o.Key, o.Value)
	switch {
	case options == nil && root.Style&yaml.FlowStyle != 0:
		end := bytes.LastIndexByte(content, '}')
		if end < 0 {
			return nil
		}
		before := len(bytes.TrimRight(content[:end], " \t\r\n"))
		separator, indent := ",", ""
		if len(root.Content) == 0 {
			separator = ""
		} else if bytes.IndexByte(content[:end], '\n') >= 0 {
			indent = "\n" + strings.Repeat(" ", root.Content[0].Column-1)
			if line := lineOf(content, root.Content[0].Line); strings.HasPrefix(line, "\t") {
				indent = "\n" + line[:root.Content[0].Column-1]
			}
		}
		if indent == "" {
			separator += " "
		}
		return slices.Concat(content[:before], []byte(separator+indent+`"options": {"drey": `+flow+"}"), content[before:])
	case options == nil:
		text := slices.Clone(content)
		if n := len(text); n > 0 && text[n-1] != '\n' {
			text = append(text, '\n')
		}
		return append(text, "\n"+o.block("", true)...)
	case options.Style&yaml.FlowStyle != 0:
		at := offset(content, options.Line, options.Column) + 1
		inside := `"drey": ` + flow
		if len(options.Content) > 0 {
			inside += ", "
		}
		return slices.Concat(content[:at], []byte(inside), content[at:])
	case options.Kind == yaml.MappingNode && len(options.Content) > 0: // as the first of its keys
		first := options.Content[0]
		at := offset(content, first.Line, 1)
		if head := keyLine(root, "options"); head > 0 {
			at = offset(content, head+1, 1)
		}
		return slices.Concat(content[:at], []byte(o.block(strings.Repeat(" ", first.Column-1), false)), content[at:])
	default: // null
		at := offset(content, keyLine(root, "options")+1, 1)
		text := slices.Clone(content[:at])
		if n := len(text); n > 0 && text[n-1] != '\n' {
			text = append(text, '\n')
		}
		return slices.Concat(text, []byte(o.block("  ", false)), content[at:])
	}
}

// block is the option in block style, with the key options if it is asked for.
func (o Option) block(indent string, options bool) string {
	text := ""
	if options {
		text, indent = indent+"options:\n", indent+"  "
	}
	text += fmt.Sprintf("%sdrey:\n%s  %s: %s", indent, indent, o.Key, o.Value)
	if o.Comment != "" {
		text += " # " + o.Comment
	}
	return text + "\n"
}

// Rename gives the only schema of blocks another path, where it is written as one scalar,
// alone or as the only one of a list. All else stays byte for byte as it is. It reports
// false where there is no such block, or the text is one that it cannot change.
func Rename(content []byte, schema, to string) ([]byte, bool) {
	root, err := raw(content)
	if err != nil {
		return nil, false
	}
	blocks := value(root, "sql")
	if blocks == nil || blocks.Kind != yaml.SequenceNode || !plainPath.MatchString(to) {
		return nil, false
	}
	text := content
	for _, block := range slices.Backward(blocks.Content) {
		n := value(block, "schema")
		if n != nil && n.Kind == yaml.SequenceNode && len(n.Content) == 1 {
			n = n.Content[0]
		}
		if n == nil || n.Kind != yaml.ScalarNode || n.Value != schema {
			continue
		}
		at := offset(content, n.Line, n.Column)
		if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
			at++
		}
		if !bytes.HasPrefix(content[at:], []byte(schema)) { // it is escaped
			return nil, false
		}
		text = slices.Concat(text[:at], []byte(to), text[at+len(schema):])
	}
	return text, !bytes.Equal(text, content)
}

// plainPath is a path that means itself in each style of YAML.
var plainPath = regexp.MustCompile(`^[A-Za-z][\w./-]*$`)

// sameBut reports whether a text says the same as another, and the option.
func sameBut(old, changed []byte, o Option) bool {
	var was, is map[string]any
	var v any
	if yaml.Unmarshal(old, &was) != nil || yaml.Unmarshal(changed, &is) != nil || yaml.Unmarshal([]byte(o.Value), &v) != nil {
		return false
	}
	options, _ := was["options"].(map[string]any)
	if options == nil {
		options = map[string]any{}
	}
	options["drey"] = map[string]any{o.Key: v}
	was["options"] = options
	return reflect.DeepEqual(was, is)
}

// raw is the root of a text as it is written, aliases and comments included.
func raw(content []byte) (*yaml.Node, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(content, &doc); err != nil {
		return nil, err
	}
	if len(doc.Content) == 0 {
		return nil, errors.New("the configuration is empty")
	}
	return doc.Content[0], nil
}

// keyLine is the line of a key of a mapping, or 0.
func keyLine(n *yaml.Node, name string) int {
	for key := range pairs(n) {
		if key.Value == name {
			return key.Line
		}
	}
	return 0
}

// offset is where a line and column are in a text; its end where they are beyond it.
// Columns are counted in characters, as the YAML library counts them.
func offset(content []byte, line, column int) int {
	at := 0
	for ; line > 1; line-- {
		next := bytes.IndexByte(content[at:], '\n')
		if next < 0 {
			return len(content)
		}
		at += next + 1
	}
	for i := range string(content[at:]) {
		if column == 1 {
			return at + i
		}
		column--
	}
	return len(content)
}

func lineOf(content []byte, line int) string {
	from := offset(content, line, 1)
	text, _, _ := strings.Cut(string(content[from:]), "\n")
	return text
}
