#!/bin/sh
# Ten thousand short series, one model: time and peak memory of train, predict and check.
# Usage: bench/many_series.sh [build/release/espalier [FOLDER [SERIES]]]    (needs Debian's package time)
set -eu
espalier=$(realpath "${1:-build/release/espalier}")
folder=${2:-$(mktemp -d)}
series=${3:-10000}
mkdir -p "$folder"
cd "$folder"

# Days of sales: a level, a week, a promotion that is known ahead, and noise; 40 to 69 days with sales and
# three more with promotions alone.
awk -v series="$series" 'BEGIN {
  srand(1)
  print "unique_id,ds,y,promo"
  for (s = 1; s <= series; ++s) {
    level = 10 + 190 * rand()
    days = 40 + int(30 * rand())
    for (d = 0; d < days + 3; ++d) {
      promo = rand() < 0.2
      y = level * (1 + 0.3 * sin(6.2832 * (d % 7) / 7) + 0.5 * promo + 0.1 * (rand() + rand() - 1))
      day = d % 91
      month = day < 31 ? 1 : day < 60 ? 2 : 3
      printf "s%05d,2024-%02d-%02d,", s, month, day + 1 - (month == 1 ? 0 : month == 2 ? 31 : 60)
      if (d < days) printf "%.2f", y
      printf ",%d\n", promo
    }
  }
}' >many.csv
cat >many.json <<'E2'
{
  "name": "many",
  "data": { "path": "many.csv", "time": "ds", "series": "unique_id", "target": "y", "features": ["y", "promo"],
            "known_future": "promo", "calendar": "day_of_week", "window": 14, "horizon": 3, "season": 7 },
  "model": { "type": "lstm", "hidden": 32 },
  "optimizer": { "type": "adam", "lr": 0.005 },
  "regularizers": [{ "type": "synaptic_pruning", "max_sparsity": 0.5, "warmup_epochs": 1, "ramp_epochs": 2 }],
  "train": { "epochs": 5, "batch": 256 }
}
E2
echo "$(($(wc -l <many.csv) - 1)) rows of $series series in $folder"
for command in "train many.json --out run --force" "predict run --input many.csv --output forecasts.csv" \
               "evaluate run --input many.csv --level 90" "check many.json"; do
  echo
  echo "espalier $command"
  # shellcheck disable=SC2086
  /usr/bin/time -f "%e s, of the processor %U s, peak memory %M kB" "$espalier" $command 2>&1 | grep -v '^note: ' |
    sed '/^{/,/^}/d'
done
