#!/bin/sh
# From a fresh clone to a first comparison with its report.
set -eu
cd "$(dirname "$0")"

scripts/install-packages.sh scripts/packages.txt
echo "Building"
cmake --preset release >build.log 2>&1 || { cat build.log; exit 1; }
cmake --build --preset release --target espalier

echo
echo "Comparing: espalier compare configs/compare_quick.json"
build/release/espalier compare configs/compare_quick.json --resume
cat <<'END'

Next:
  build/release/espalier train configs/seattle_weather.json    one run, its forecasts and its weights
  build/release/espalier list                                  what a config can name
  docs/guide.md, README.md                                     your own CSV, from the file to forecasts
  docs/compare.md                                              your own comparison
  docs/tutorial/README.md                                      how it works inside, in five short chapters
END
