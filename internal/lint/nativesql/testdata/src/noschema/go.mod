module noschema

go 1.26.0
