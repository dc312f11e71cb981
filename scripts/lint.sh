#!/bin/sh
# Checks formatting, and common mistakes (clang-tidy) of the six source folders, or
# of those named:
# lint.sh core layers. All takes about a quarter of an hour.
set -eu
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- core layers optim regularizers models apps capi

scripts/install-packages.sh scripts/lint-packages.txt
scripts/check-format.sh
# A configuration of its own, of each file alone: clang can't read the headers that g++ has precompiled.
cmake --preset release -B build/lint -DCMAKE_UNITY_BUILD=OFF \
  -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON >/dev/null
find "$@" -name '*.cpp' -print0 |
  xargs -0 -P "$(nproc)" -n 4 clang-tidy -p build/lint --quiet
echo "lint: clean"
