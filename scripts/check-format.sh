#!/bin/sh
# Checks that everything is formatted as clang-format does it.
set -eu
cd "$(dirname "$0")/.."

find core layers optim regularizers models apps capi tests bench docs/tutorial \( -name '*.h' -o -name '*.cpp' \) -print0 |
  xargs -0 clang-format --dry-run --Werror
echo "format: clean"
