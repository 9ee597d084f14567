package service

import "example.com/shop/store" // ok: said in the other file

var again = store.DB
