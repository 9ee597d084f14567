package bdb

import "fmt"

// Name is a pet's name. What is longer than 10 bytes does not come back.
type Name string

func (n *Name) Scan(src any) error {
	s, ok := src.(string)
	if !ok || len(s) > 10 {
		return fmt.Errorf("%v is not a name", src)
	}
	*n = Name(s)
	return nil
}
