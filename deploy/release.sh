#!/usr/bin/env bash
# A release in $OUT (dist): static binaries for linux/amd64 and linux/arm64, a
# bill of materials, checksums, and a signature if $SIGNING_KEY names an SSH key.
# The same source gives the same archives wherever it is built with the same Go
# (test/reproducible.sh).
set -euo pipefail
cd "$(dirname "$0")/.."
export GOTOOLCHAIN=local CGO_ENABLED=0 GOFLAGS= GOAMD64=v1 GOARM64=v8.0 TZ=UTC LC_ALL=C
umask 022
version=${VERSION:-$(git describe --tags --always --dirty)}
out=${OUT:-dist}
tools=${TOOLS:-$PWD/.cache/tools}
rm -rf "$out" && mkdir -p "$out"
out=$(cd "$out" && pwd)

for arch in ${ARCHES:-amd64 arm64}; do
  name=oasiss-$version-linux-$arch
  mkdir "$out/$name"
  GOOS=linux GOARCH=$arch go build -trimpath -buildvcs=false -ldflags "-s -w -buildid= -X main.release=$version" -o "$out/$name/" ./cmd/oasiss ./cmd/oasiss-verify
  install -m 644 LICENSE docs/operator.md docs/operador.md docs/configuration.md docs/configuracion.md \
    deploy/oasiss.service deploy/oasiss.sysusers deploy/oasiss.yaml deploy/Containerfile "$out/$name/"
  tar --sort=name --format=gnu --owner=0 --group=0 --numeric-owner --mtime=@0 -C "$out" -cf - "$name" | gzip -9n >"$out/$name.tar.gz"
  rm -r "${out:?}/$name"
done

# What it is made of: Go modules as linked, and what the pages carry from npm.
if [ -z "${WITHOUT_SBOM:-}" ]; then
  [ -x "$tools/cyclonedx-gomod" ] || GOBIN=$tools go install github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0
  "$tools/cyclonedx-gomod" app -json -licenses -noserial -main cmd/oasiss -output "$out/oasiss-$version.go.cdx.json" . 2>/dev/null
  (cd internal/web/assets && npm sbom --sbom-format cyclonedx --package-lock-only --omit dev) >"$out/oasiss-$version.npm.cdx.json"
fi

(cd "$out" && sha256sum -- oasiss-* >SHA256SUMS)
if [ -n "${SIGNING_KEY:-}" ]; then
  ssh-keygen -q -Y sign -n oasiss-release -f "$SIGNING_KEY" "$out/SHA256SUMS"
fi
cat "$out/SHA256SUMS"
