#!/bin/sh
# Checks formatting (clang-format) of everything, and common mistakes (clang-tidy) of all but tests,
# or of the folders named: lint.sh core layers
set -eu
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- core layers optim regularizers models apps

find core layers optim regularizers models apps tests bench \( -name '*.h' -o -name '*.cpp' \) -print0 |
  xargs -0 clang-format --dry-run --Werror

# A configuration of its own: clang can't read the headers that g++ has precompiled.
cmake --preset release -B build/lint -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON >/dev/null
find "$@" -name '*.cpp' -print0 |
  xargs -0 -P "$(nproc)" -n 4 clang-tidy -p build/lint --quiet
echo "lint: clean"
