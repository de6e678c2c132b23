module label

go 1.24

require kiteline v0.1.0

replace kiteline => ../../../../guest-sdk/go/kiteline
