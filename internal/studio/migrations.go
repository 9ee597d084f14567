package studio

import "net/http"

func migrationsPage(r *request) (*answer, error) {
	p := r.options.Project
	if p == nil || p.Migrations == nil {
		return nil, &problem{Status: http.StatusNotFound, Title: "No migrations are known", Detail: "sqlc.yaml does not name one folder of migrations: --migrations does."}
	}
	m, err := p.Migrations(r.ctx)
	if err != nil {
		return nil, &problem{Status: http.StatusUnprocessableEntity, Title: "The migrations and the database cannot be compared", Detail: err.Error()}
	}
	return &answer{page: "migrations", title: "Migrations", data: m}, nil
}
