#!/usr/bin/env bash
# Builds a release: the program, what it is made of (CycloneDX), and SHA-256 of all of it.
#
#   deploy/release.sh [FOLDER]     # target/release-files where none is named
#
# The same commit gives the same bytes, in whatever folder and by whomever it is built, with the same Rust, the same C
# compiler and linker and the same npm packages. It needs cargo-cyclonedx (cargo install cargo-cyclonedx --locked), and Node
# with npm, of whose packages GraphiQL is made.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd -P)
out=${1:-$root/target/release-files}
mkdir -p "$out"
out=$(cd "$out" && pwd -P)
cd "$root"

target=${CARGO_TARGET_DIR:-$root/target}
mkdir -p "$target"
target=$(cd "$target" && pwd -P)
cargo_home=${CARGO_HOME:-$HOME/.cargo}
sysroot=$(rustc --print sysroot)
rust=$(rustc -vV | sed -n 's/^commit-hash: //p')
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH

if [ -n "$(git status --porcelain)" ]; then
  echo "note: the checkout differs from its commit; a release is built from a clean one" >&2
fi

# Sources of crates must be there before their folders can be named: these tell by which registry they came.
cargo fetch --locked
flags=("--remap-path-prefix=$root=/orgatlas" "--remap-path-prefix=$target=/target")
for folder in "$cargo_home"/registry/src/*/; do
  flags+=("--remap-path-prefix=${folder%/}=/crates")
done
# Where the sources of the standard library are installed, Rust would name them instead of what it calls them elsewhere.
flags+=("--remap-path-prefix=$sysroot/lib/rustlib/src/rust=/rustc/$rust")
# Parted by a character that no path holds, so that paths may hold blanks.
CARGO_ENCODED_RUSTFLAGS=$(printf '%s\x1f' "${flags[@]}")
export CARGO_ENCODED_RUSTFLAGS=${CARGO_ENCODED_RUSTFLAGS%$'\x1f'}
export CARGO_INCREMENTAL=0 CARGO_PROFILE_RELEASE_STRIP=symbols CARGO_TARGET_DIR=$target
export ORGATLAS_WEB=${ORGATLAS_WEB:-required}
cargo build --release --locked

for folder in "$root" "$target" "$cargo_home" "$sysroot"; do
  if grep -qaF "$folder/" "$target/release/orgatlas"; then
    echo "error: the program names the folder $folder, so it would differ elsewhere" >&2
    exit 1
  fi
done
install -m 755 "$target/release/orgatlas" "$out/orgatlas"

# The package is named by its path, and by its name too where its folder has another.
package=$(cargo pkgid)
cargo cyclonedx --format json --spec-version 1.5 --override-filename release-sbom --quiet
sed "s|$package|path+file:///orgatlas#${package##*[#@]}|g" release-sbom.json >"$out/orgatlas.cdx.json"
rm release-sbom.json
if [ "$ORGATLAS_WEB" != off ]; then
  npx --yes @cyclonedx/cyclonedx-npm@6.0.1 --package-lock-only --omit dev --short-PURLs \
    --output-reproducible --spec-version 1.5 --output-file "$out/graphiql.cdx.json" web/package.json
fi
if python3 -c 'import ensurepip, venv' 2>/dev/null; then
  python3 -m venv "$target/sbom"
  "$target/sbom/bin/pip" install --quiet --disable-pip-version-check 'cyclonedx-python-lib[validation]==11.12.0'
  "$target/sbom/bin/python" - "$out"/*.cdx.json <<'PYTHON'
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

for file in sys.argv[1:]:
    with open(file, encoding="utf-8") as text:
        fault = JsonStrictValidator(SchemaVersion.V1_5).validate_str(text.read())
    if fault is not None:
        sys.exit(f"error: {file} is no CycloneDX 1.5: {fault}")
PYTHON
else
  echo "note: the lists are not held to the schema of CycloneDX: that needs Python 3.10 or later with venv" >&2
fi
(
  cd "$out"
  sha256sum orgatlas *.cdx.json >SHA256SUMS
  cat SHA256SUMS
)
