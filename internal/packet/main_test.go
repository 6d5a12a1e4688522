package packet

import (
	"testing"

	"github.com/oasiss/oasiss/internal/act/acttest"
)

func TestMain(m *testing.M) { acttest.Histories(m, "20") }
