module github.com/tqmetal/tqmetal

go 1.25.0
