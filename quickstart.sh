#!/bin/sh
# From a fresh clone to a trained, pruned, scored forecaster.
set -eu
cd "$(dirname "$0")"

scripts/install-packages.sh scripts/packages.txt
echo "Building"
cmake --preset release >build.log 2>&1 || { cat build.log; exit 1; }
cmake --build --preset release --target espalier

echo
echo "Training: espalier train configs/seattle_weather.json"
build/release/espalier train configs/seattle_weather.json --force
cat <<'END'

Next:
  build/release/espalier train configs/sp500.json    another data set
  build/release/espalier list                        what a config can name
  README.md                                          your own CSV
END
