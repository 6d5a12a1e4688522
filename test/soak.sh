#!/usr/bin/env bash
# Longer runs of what the suite runs briefly: every fuzz target for FUZZ seconds
# (a minute), the property tests with BUDGET cases; from BUDGET=600 on the long
# forms, too.
set -euo pipefail
cd "$(dirname "$0")/.."
budget=${BUDGET:-60}
mapfile -t targets < <(grep -rhoE --include='*_test.go' -H '^func Fuzz[A-Za-z0-9_]+' . | sed -E 's#^(.*)/[^/]+_test\.go:func (Fuzz.*)#\1 \2#' | sort -u)
mapfile -t properties < <(grep -rlE --include='*_test.go' 'rapid\.Check\(' . | xargs -n1 dirname | sort -u | grep -v '^./test$') # ./test has a line of its own below
each=${FUZZ:-60}
for t in "${targets[@]}"; do
  read -r dir name <<<"$t"
  # what was found new is made smaller by few tries: by default a long input takes the whole minute
  go test -run '^$' -fuzz "^${name}\$" -fuzztime "${each}s" -fuzzminimizetime 200x "$dir"
done
# only packages with properties know the flag
go test -count=1 -timeout "$(( budget * 10 + 600 ))s" "${properties[@]}" -rapid.checks=$(( budget ))
# a short soak ends here; what follows takes hours to be worth it
[ "$budget" -ge 600 ] || exit 0
# every room's suite on PostgreSQL; all of the exchange and of signing in with the race detector
make postgres
make race RACE=.
# long forms of what the suite runs in brief: kills at every point
export OASISS_SOAK=$budget
go test -count=1 -tags failpoint -timeout "$(( budget * 10 + 1800 ))s" -run 'KilledAtEveryPoint' ./internal/exchange
# another office's work in any order, and every question about what is there and what is not, by each onlooker
go test -count=1 -timeout 30m -run NothingOfAnotherOffices ./test -rapid.checks=$(( budget / 6 + 1 ))
go test -count=1 -tags failpoint -timeout "$(( budget * 10 + 1800 ))s" -run 'KilledWhileDraining|NothingLostNothingTwice|DrainAfterThePeerWasDown|KeysChange|Restored' ./internal/exchange
# two and three nodes in one process, from seeds; then flipped bits of what is stored
sim=$(mktemp -d)
go test -c -o "$sim/exchange.test" ./internal/exchange
cores=$(nproc); runs=()
for (( i = 0; i < cores; i++ )); do
  ( cd internal/exchange && OASISS_SHARD=$i/$cores "$sim/exchange.test" -test.run 'TestSimulator$' -test.v -test.timeout "$(( budget * 10 + 600 ))s" >"$sim/$i" 2>&1 ) & runs+=($!)
done
failed=0
for (( i = 0; i < cores; i++ )); do
  wait "${runs[i]}" || failed=1
  grep -v -e '^=== RUN' -e '--- PASS: TestSimulator/' "$sim/$i" || true
done
rm -rf "$sim"
[ "$failed" = 0 ]
go test -count=1 -timeout 60m -run 'EveryStoredByte' ./internal/exchange
# every page in each language, look and width: accessibility, focus, room
go test -count=1 -timeout 45m -run 'PagesAreAccessible' ./internal/web
# the long stories by hand, and every page as every role, each in both languages
go test -count=1 -timeout 20m -run 'InTheBrowser|WithoutScripts|EveryPageSpeaks' ./test
# a release is the same wherever it is built
./test/reproducible.sh
