package node

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/oasiss/oasiss/internal/act"
	"github.com/oasiss/oasiss/internal/httpapi"
)

// OpenAPI is the description of the API of every node, as committed in
// api/openapi.json: the same bytes whenever the same operations exist.
func OpenAPI() ([]byte, error) {
	s := httpapi.New(http.NewServeMux(), &httpapi.Server{Acts: &act.Acts{Verbs: Verbs()}})
	raw, err := json.Marshal(s.OpenAPI())
	if err != nil {
		return nil, fmt.Errorf("describe the API: %w", err)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", "  "); err != nil {
		return nil, fmt.Errorf("describe the API: %w", err)
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}
