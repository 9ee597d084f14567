package many

import "example.com/shop/usesmade" // want `^this brings in another way to the data: example.com/shop/usesmade → example.com/shop/made → entgo.io/ent \(2 imports, in 2 files of this package\); use`

var E usesmade.Made
