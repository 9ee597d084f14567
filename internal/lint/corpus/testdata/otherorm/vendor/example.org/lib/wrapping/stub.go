// Package wrapping is a library that has an ORM inside.
package wrapping

import _ "gorm.io/gorm"
