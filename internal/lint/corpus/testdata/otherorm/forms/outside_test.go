package forms_test

import _ "github.com/uptrace/bun" // ok: a test file of a package of its own
