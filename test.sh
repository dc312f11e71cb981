#!/bin/sh
# Installs what is missing, builds, and runs every test: optimised, then under the sanitizers.
set -eu
cd "$(dirname "$0")"

scripts/install-packages.sh scripts/packages.txt
for preset in release asan-ubsan; do
  cmake --preset "$preset" -DESPALIER_WERROR=ON
  cmake --build --preset "$preset"
  ctest --preset "$preset" -j "$(nproc)"
done
