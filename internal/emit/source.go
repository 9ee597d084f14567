package emit

import (
	"fmt"
	"go/format"
)

// source formats generated Go. A failure is a fault of drey's, and comes with
// the text at fault.
func source(src []byte) ([]byte, error) {
	out, err := format.Source(src)
	if err != nil {
		return nil, fmt.Errorf("format generated code: %w\n%s", err, src)
	}
	return out, nil
}
