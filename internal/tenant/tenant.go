// Package tenant finds the queries that leave the tenant open: those that read or write
// rows of a table with tenants, and do not say of which tenant.
package tenant
