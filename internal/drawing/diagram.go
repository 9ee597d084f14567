package drawing

import (
	"errors"
	"regexp"
)

// block is an entity relationship diagram in a page of Markdown.
var block = regexp.MustCompile("(?ms)^```mermaid[ \t]*\r?\n(?:erDiagram$.*?)^```[ \t]*\r?$")

// ErrNoDiagram: a page does not have exactly one diagram to replace.
var ErrNoDiagram = errors.New("there is not exactly one block ```mermaid that begins with erDiagram: put one where the diagram shall be")

// Within returns a page of Markdown with a diagram in the place of the one that it has. A
// page without a text becomes the diagram alone.
func Within(page, diagram []byte) ([]byte, error) {
	whole := []byte("```mermaid\n" + string(diagram) + "```")
	if len(page) == 0 {
		return append(whole, '\n'), nil
	}
	at := block.FindAllIndex(page, 2)
	if len(at) != 1 {
		return nil, ErrNoDiagram
	}
	text := append([]byte{}, page[:at[0][0]]...)
	text = append(text, whole...)
	return append(text, page[at[0][1]:]...), nil
}
