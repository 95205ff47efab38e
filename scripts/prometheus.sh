#!/usr/bin/env bash
# Unpacks Debian's package `prometheus` into a new folder, without installing it, and prints the path of the binary.
# `promtool` lies beside it. Usage: scripts/prometheus.sh FOLDER
set -euo pipefail
folder=${1:?'Usage: scripts/prometheus.sh FOLDER'}
command -v apt-get > /dev/null && command -v dpkg-deb > /dev/null || {
  echo "No Prometheus: only Debian's package is unpacked here. Name a binary in PVCWATCH_PROMETHEUS." >&2
  exit 1
}
mkdir -p "$folder"
cd "$folder"
folder=$PWD
apt-get download prometheus >&2 || {
  apt-get update >&2
  apt-get download prometheus >&2
}
dpkg-deb -x prometheus_*.deb unpacked
rm prometheus_*.deb
"$folder/unpacked/usr/bin/prometheus" --version > /dev/null
echo "$folder/unpacked/usr/bin/prometheus"
