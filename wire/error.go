package wire

import (
	"errors"
	"fmt"
)

// Error says why something received is not accepted. Code is what a refusal
// receipt carries; What names the field or the check in English for operators
// and never contains a value from a message, so that it can be logged.
type Error struct {
	Code Code   // reason, one of Codes
	What string // field or check that failed
	Err  error  // cause, or nil
}

// Error gives code, check and cause.
func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("wire: %s: %s: %v", e.Code, e.What, e.Err)
	}
	return fmt.Sprintf("wire: %s: %s", e.Code, e.What)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf gives the refusal code of err, or "" when err is no wire error.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

// fail makes an Error.
func fail(code Code, what string) error { return &Error{Code: code, What: what} }

// failWith makes an Error that keeps its cause.
func failWith(code Code, what string, err error) error {
	return &Error{Code: code, What: what, Err: err}
}
