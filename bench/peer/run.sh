#!/bin/sh
# Installs what is missing, builds both sides, checks that the peer's forms agree, and compares.
# Arguments go to compare.py: run.sh --quick, or run.sh --output docs/performance.md (15 minutes).
set -eu
start="$PWD"
cd "$(dirname "$0")/../.."
root="$PWD"

scripts/install-packages.sh scripts/packages.txt bench/peer/packages.txt
echo "Building" >&2
mkdir -p build
{
  cmake --preset release &&
    cmake --build --preset release --target espalier &&
    cmake -S bench/peer -B build/torch_step -G Ninja -DCMAKE_BUILD_TYPE=Release &&
    cmake --build build/torch_step
} >build.log 2>&1 || { cat build.log; exit 1; }

export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
# Debian's own Python is the one that python3-torch is for.
/usr/bin/python3 bench/peer/check_peer.py build/torch_step/torch_step >&2
cd "$start"
exec /usr/bin/python3 "$root/bench/peer/compare.py" "$@"
