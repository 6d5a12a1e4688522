package main

import "github.com/oasiss/oasiss/internal/node"

type openapiCmd struct{}

// Run prints the description of the API (OpenAPI 3.1).
func (*openapiCmd) Run(e *env) error {
	doc, err := node.OpenAPI()
	if err != nil {
		return err
	}
	_, err = e.out.Write(doc)
	return err
}
