#!/usr/bin/env bash
# Builds the release of the present commit twice, in folders of different names, and compares every byte of what comes out.
#
#   deploy/reproduce.sh     # builds all of it twice: half an hour of a processor, half of that where there are two, and 3 GB of the folder for temporary files
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd -P)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset CARGO_TARGET_DIR
for place in one another-place; do
  git clone --quiet "$root" "$work/$place/orgatlas"
  "$work/$place/orgatlas/deploy/release.sh" "$work/from $place"
done
diff -r "$work/from one" "$work/from another-place"
echo "both releases are the same, byte by byte"
