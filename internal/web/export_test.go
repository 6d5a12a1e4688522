package web

import (
	"net/url"
	"time"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/web/view"
)

// Questions are what each act asks, for the test that knows every command.
func Questions() map[string][]view.Ask { return questions }

// Fill is how a form becomes a command.
func Fill(cmd act.Command, values url.Values, zone *time.Location) error {
	return fill(cmd, values, zone)
}
