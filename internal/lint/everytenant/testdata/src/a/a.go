package a

import (
	"db"
	"drey"
)

type door interface {
	OfEveryTenant() *drey.Scoped[db.LinksSource, db.Link]
}

type own struct{}

func (own) OfEveryTenant() int { return 0 }

func uses(d door) {
	db.Links.OfEveryTenant().All()     // want `these are the rows of every tenant; begin with Of and the tenant, or say why all are meant in // @every-tenant <why> on the line above`
	db.LiveLinks.OfEveryTenant().All() // want `these are the rows of every tenant`
	db.Notes.OfEveryTenant().All()     // want `these are the rows of every tenant`
	d.OfEveryTenant().All()            // want `these are the rows of every tenant`
	take := db.Links.OfEveryTenant     // want `these are the rows of every tenant`
	take()
	(*db.LinksTable).OfEveryTenant(&db.Links) // want `these are the rows of every tenant`
	// @every-tenant because
	db.Links.OfEveryTenant() // want `these are the rows of every tenant`
	db.Links.OfEveryTenant() // want `these are the rows of every tenant`

	// @every-tenant the sweep removes what has expired, whose it may be
	db.Links.OfEveryTenant().
		All()
	// @every-tenant the operator's page counts links of all accounts
	if len(db.Links.OfEveryTenant().All()) > 0 {
		db.Links.OfEveryTenant() // want `these are the rows of every tenant`
	}
	db.Links.Of(1).All()
	own{}.OfEveryTenant()
}
