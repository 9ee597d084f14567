package service

// A file without an import.

func textual(slug string) {
	run(base().Where("slug = ?", slug)) // want `db.Links.Slug.Eq `
}
