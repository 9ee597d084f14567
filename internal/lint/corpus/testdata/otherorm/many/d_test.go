package many

import _ "xorm.io/xorm" // ok: a test file
