#!/bin/sh
# Installs what is missing, builds, and runs every test: optimised, then under the sanitizers.
# Arguments go to CMake: test.sh -DESPALIER_WERROR=ON
set -eu
cd "$(dirname "$0")"

scripts/install-packages.sh scripts/packages.txt
for preset in release asan-ubsan; do
  cmake --preset "$preset" "$@"
  cmake --build --preset "$preset"
  ctest --preset "$preset" -j "$(nproc)"
done
