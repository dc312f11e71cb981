#!/bin/sh
# Gets the data sets that are not shipped, into this folder, and checks their SHA-256.
#   data/fetch.sh                 from where they are published
#   data/fetch.sh FOLDER          from a local mirror that holds the files by these names
#   data/fetch.sh --any-version   accepts a file that its publisher has changed, with a warning
set -eu
here=$(cd "$(dirname "$0")" && pwd)

mirror=""
any_version=no
for argument in "$@"; do
  case "$argument" in
    --any-version) any_version=yes ;;
    -*) echo "unknown option $argument; see the head of $0" >&2; exit 2 ;;
    *) mirror=$argument ;;
  esac
done
if [ -n "$mirror" ] && [ ! -d "$mirror" ]; then
  echo "$mirror is not a folder" >&2
  exit 2
fi

failures=0

get() { # NAME SHA256 URL
  partial="$here/$1.partial"
  if [ -f "$here/$1" ] && echo "$2  $here/$1" | sha256sum --check --status; then
    echo "$1: already here"
    return
  fi
  if [ -n "$mirror" ]; then
    cp "$mirror/$1" "$partial" || { failures=$((failures + 1)); return; }
  else
    curl --fail --location --silent --show-error --output "$partial" "$3" ||
      { echo "$1: could not be fetched from $3" >&2; rm -f "$partial"; failures=$((failures + 1)); return; }
  fi
  if ! echo "$2  $partial" | sha256sum --check --status; then
    if [ "$any_version" = no ]; then
      echo "$1: its SHA-256 is not $2; the publisher has changed it (--any-version accepts it)" >&2
      rm -f "$partial"
      failures=$((failures + 1))
      return
    fi
    echo "$1: a version other than the one this project was tested with" >&2
  fi
  mv "$partial" "$here/$1"
  echo "$1: fetched"
}

if [ -z "$mirror" ] && ! command -v curl >/dev/null; then
  echo "curl is needed (apt-get install curl), or a local mirror: $0 FOLDER" >&2
  exit 1
fi

raw=https://raw.githubusercontent.com
get ETTh1.csv f18de3ad269cef59bb07b5438d79bb3042d3be49bdeecf01c1cd6d29695ee066 \
  $raw/zhouhaoyi/ETDataset/main/ETT-small/ETTh1.csv
get air_quality_uci.csv c53d5ba770e5202034a0ecb92746b1a73cd604316eb88b5a1848d3fc782ab055 \
  $raw/ajayarunachalam/msda/13bdfe53235144bf57d79cf00f5571ba6ec5d7ff/data/AirQualityUCI.csv
get vix-daily.csv fa8f8119bb2fa785bb408bcae541a1e630fef97f3acb160b94ed3115c1318db5 \
  $raw/datasets/finance-vix/main/data/vix-daily.csv
exit "$((failures > 0))"
