#!/usr/bin/env bash
# The committed source, built in two folders of different names, the second
# without anything that the first had compiled, gives the same archive.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT
for place in a another/place; do
  mkdir -p "$scratch/$place"
  git archive HEAD | tar -x -C "$scratch/$place"
  cp -r internal/web/assets/dist/. "$scratch/$place/internal/web/assets/dist/"
done
build() { (cd "$scratch/$1" && VERSION=test ARCHES=${ARCHES:-amd64} WITHOUT_SBOM=1 OUT="$scratch/$1/dist" ./deploy/release.sh >/dev/null); }
build a
GOCACHE=$scratch/cache build another/place
cmp "$scratch/a/dist/SHA256SUMS" "$scratch/another/place/dist/SHA256SUMS"
cat "$scratch/a/dist/SHA256SUMS"
echo "reproducible"
