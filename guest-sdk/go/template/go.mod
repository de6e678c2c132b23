module {{name}}

go 1.24

require kiteline v0.1.0

replace kiteline => ./kiteline
