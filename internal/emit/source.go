package emit

import (
	"fmt"
	"go/format"
)

// source formats generated Go. If it fails that is a bug of drey's, and the error
// contains the text at fault.
func source(src []byte) ([]byte, error) {
	out, err := format.Source(src)
	if err != nil {
		return nil, fmt.Errorf("format generated code: %w\n%s", err, src)
	}
	return out, nil
}
