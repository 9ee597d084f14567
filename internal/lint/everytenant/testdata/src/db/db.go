package db

import "drey"

type LinksSource struct{}

type Link struct{}

type LinksTable struct{}

var (
	Links     LinksTable
	LiveLinks LinksView
	Notes     NotesTable
)

func (*LinksTable) Of(tenant int64) *drey.Scoped[LinksSource, Link] { return nil }
func (*LinksTable) OfEveryTenant() *drey.Scoped[LinksSource, Link]  { return nil }

type LinksView struct{}

func (*LinksView) OfEveryTenant() *drey.Query[LinksSource, Link] { return nil }

// NotesTable has rows that are deleted softly.
type NotesTable struct{}

func (*NotesTable) OfEveryTenant() *drey.ScopedLive[LinksSource, Link] { return nil }
