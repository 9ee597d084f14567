// Package admin is what the operators of the service see.
//
// @every-tenant operators look after all accounts
package admin

import "db"

func uses() { db.Links.OfEveryTenant().All() }
