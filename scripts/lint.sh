#!/bin/sh
# Checks formatting (clang-format) and common mistakes (clang-tidy) of everything but the tests,
# whose formatting alone is checked. Needs build/release, which test.sh leaves.
set -eu
cd "$(dirname "$0")/.."

find core layers optim regularizers models apps tests \( -name '*.h' -o -name '*.cpp' \) -print0 |
  xargs -0 clang-format --dry-run --Werror
find core layers optim regularizers models apps -name '*.cpp' -print0 |
  xargs -0 -P "$(nproc)" -n 4 clang-tidy -p build/release --quiet
echo "lint: clean"
