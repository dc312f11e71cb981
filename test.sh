#!/bin/sh
# Installs what is missing, builds, and runs every test: optimised, then under the sanitizers.
# Arguments go to CMake: test.sh -DESPALIER_WERROR=ON
set -eu
cd "$(dirname "$0")"

scripts/install-packages.sh scripts/packages.txt
check() {
  preset=$1
  shift
  cmake --preset "$preset" "$@"
  cmake --build --preset "$preset"
  ctest --preset "$preset" -j "$(nproc)"
}
check release "$@"
# What starts programs, or reads sources, is compiled once.
check asan-ubsan -DESPALIER_TESTS_OF="$PWD/build/release" "$@"
