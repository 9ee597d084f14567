module example.com/grafting

go 1.26
