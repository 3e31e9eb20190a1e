#!/usr/bin/env bash
# Installs what the proofs run: pyarrow, DuckDB and requests for a Python of their own, rsyslog, and syslog-ng, which Debian does not
# install beside rsyslog and which is unpacked below target. As root, on Debian.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=target/receiver-tests
if ! $folder/bin/python -c 'import pyarrow, duckdb, requests' 2>/dev/null; then
    python3 -m venv $folder
    $folder/bin/python -m pip install --quiet --requirement tests/receiver/requirements.txt
fi
if [ ! -x /usr/sbin/rsyslogd ] || ! type curl openssl strace &>/dev/null; then
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends rsyslog rsyslog-gnutls curl openssl strace >/dev/null
fi
if [ ! -x $folder/syslog-ng/usr/sbin/syslog-ng ]; then
    needed=$(apt-cache depends syslog-ng-core | sed -n 's/^ *Depends: \([a-z].*\)/\1/p')
    apt-get install -y -qq --no-install-recommends $needed >/dev/null
    (cd $folder && apt-get download -qq syslog-ng-core && dpkg -x syslog-ng-core_*.deb syslog-ng && rm syslog-ng-core_*.deb)
fi
