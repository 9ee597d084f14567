package forms

import _ "github.com/uptrace/bun" // ok: a test file
