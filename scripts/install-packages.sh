#!/bin/sh
# Installs the Debian packages named in the given list files, those that are missing, saying which.
set -eu

missing=""
for package in $(cat "$@" | grep -v '^#'); do
  status=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)
  [ "$status" = "install ok installed" ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
  echo "This is not Debian; make sure that these, or their like, are installed:$missing" >&2
  exit 0
fi

as_root=""
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "These packages are missing, and without sudo only root can install them:$missing" >&2
    exit 1
  fi
  as_root="sudo"
fi

echo "Installing Debian packages:$missing"
$as_root apt-get update -qq
$as_root env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends $missing >/dev/null
