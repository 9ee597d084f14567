package db

import (
	"database/sql/driver"
	"fmt"
)

func (c *Code) Scan(v any) error {
	_, err := fmt.Sscanf(v.(string), "%c%c%d", &c.letters[0], &c.letters[1], &c.number)
	return err
}

func (c Code) Value() (driver.Value, error) {
	return fmt.Sprintf("%c%c%d", c.letters[0], c.letters[1], c.number), nil
}

func NewCode(s string) (c Code, err error) { return c, c.Scan(s) }
