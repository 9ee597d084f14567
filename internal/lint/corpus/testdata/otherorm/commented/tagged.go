//go:build never

package commented

import _ "gorm.io/driver/sqlite" // ok: the reason is the package's
