package main

import (
	"testing"

	"github.com/oasiss/oasiss/internal/act/acttest"
)

func TestRefusalsHaveWords(t *testing.T) { acttest.RefusalsHaveWords(t, 3) }
