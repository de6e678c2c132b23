module kiteline

go 1.24
