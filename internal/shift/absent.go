package shift

import "github.com/oasiss/oasiss/internal/refusal"

func isAbsent(err error) bool { return refusal.Is(err, "access.not_found") }
