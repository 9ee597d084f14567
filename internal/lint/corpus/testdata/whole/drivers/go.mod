module example.com/fleet

go 1.26

require (
	github.com/Masterminds/squirrel v1.0.0
	github.com/lib/pq v1.0.0
	modernc.org/sqlite v1.0.0
)
