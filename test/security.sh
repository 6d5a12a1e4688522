#!/usr/bin/env bash
# gosec over the code, and govulncheck over the code, its modules and the
# standard library it is built with. $1 is the folder of the tools.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$1
GOBIN=$tools go install github.com/securego/gosec/v2/cmd/gosec@v2.30.0
GOBIN=$tools go install golang.org/x/vuln/cmd/govulncheck@v1.9.0

# Left out: G104, since an error that nobody reads says why beside it; G304 and
# G703, paths from outside, since commands are given files to read by whoever
# runs them. In the rooms that a request or a peer reaches both are looked for.
"$tools/gosec" -quiet -exclude=G104,G304,G703 -exclude-dir=.cache ./...
"$tools/gosec" -quiet -include=G304,G703 ./wire ./internal/access ./internal/act ./internal/exchange ./internal/directory ./internal/accord \
  ./internal/casefile ./internal/protection ./internal/packet ./internal/referral ./internal/insight ./internal/intake ./internal/web ./internal/httpapi

# The approved mode of FIPS 140-3: SECURITY.md says which operations are outside.
GODEBUG=fips140=on go test -count=1 ./wire ./internal/seal ./internal/journal
GODEBUG=fips140=only go test -count=1 ./internal/seal
GODEBUG=fips140=only go test -count=1 -run OfPartsOnlySealing ./wire

# The database: vuln.go.dev, or its own repository by the Go module proxy,
# checked by the checksum database like every module.
report=$(mktemp)
trap 'rm -rf "$report" "$report.d"' EXIT
database="https://vuln.go.dev"
if ! curl -fsS -m 20 -o /dev/null "$database/index/db.json" 2>/dev/null; then
  mkdir "$report.d"
  module=$(cd "$report.d" && go mod init database >/dev/null 2>&1 && go mod download -json golang.org/x/vulndb@latest 2>/dev/null) || module=
  folder=$(sed -n 's/^\t*"Dir": "\(.*\)",*$/\1/p' <<<"$module")
  if [ -z "$folder" ] || [ ! -d "$folder/data/osv" ]; then
    echo "govulncheck: NOT CHECKED: the vulnerability database is not reachable, neither at vuln.go.dev nor as golang.org/x/vulndb" >&2
    [ -n "${OASISS_VULN_OPTIONAL:-}" ] && exit 0
    echo "govulncheck: set OASISS_VULN_OPTIONAL=1 to go on without" >&2
    exit 1
  fi
  database="file://$folder/data/osv"
  echo "govulncheck: vuln.go.dev is not reachable; using $(sed -n 's/^\t*"Version": "\(.*\)",*$/golang.org\/x\/vulndb \1/p' <<<"$module")"
fi
status=0
"$tools/govulncheck" -db "$database" ./... >"$report" 2>&1 || status=$?
if [ "$status" != 0 ] && [ "$status" != 3 ]; then
  cat "$report" >&2
  exit "$status"
fi
# One of the standard library is mended by building with a newer Go, and by
# nothing in this tree: it is told each time. One of a module is mended in go.mod.
awk '/^Vulnerability #/ { id = $3 } /^  Standard library/ { std = 1 } /^  Module:/ { std = 0 }
  /^    Fixed in:/ && std { print "govulncheck: NOT MENDED HERE: " id " of the standard library: build with " $3 }' "$report"
if [ "$(grep -c '^Vulnerability #' "$report")" != "$(grep -c '^  Standard library' "$report")" ]; then
  cat "$report" >&2
  exit 1
fi
echo "govulncheck: checked against $database"
