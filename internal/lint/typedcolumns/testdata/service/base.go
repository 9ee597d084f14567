package service

import "github.com/Masterminds/squirrel"

func base() squirrel.SelectBuilder { return squirrel.Select("*").From("links") }

func run(...squirrel.Sqlizer) {}
