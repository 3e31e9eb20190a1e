#!/usr/bin/env bash
# The proofs of the receiver, one after the other: `short` takes a few minutes, `long` some hours and a disk with 70 GB of room.
# Why scripts: `docs/decisions/0154`; what counts as a duplicate: `docs/decisions/0155`.
#
#     bash tests/receiver/run.sh short|long       WEIR=path/to/weir takes that one, else the one that was built last
set -euo pipefail
cd "$(dirname "$0")/../.."
form=${1:?short or long}
bash tests/receiver/prepare.sh
export PYTHONDONTWRITEBYTECODE=1

# prove SCRIPT [ARGUMENT]...
prove() {
    echo "== $*"
    target/receiver-tests/bin/python "tests/receiver/$1.py" "${@:2}"
}

case $form in
short)
    prove kills 50
    prove clients 10000 curl requests rsyslog syslog-ng
    prove full_disk 5
    prove outages 5 down 429 cut closes
    prove memory 60
    ;;
long)
    cargo test --release -p weir-log -p weir-sinks -p weir-receiver -- --include-ignored --skip child
    prove kills 1000
    prove clients 100000
    prove full_disk 30
    prove outages 60
    prove calls 5
    prove backlog 20
    prove memory 600
    prove speed 1000000
    ;;
*)
    echo "short or long, not $form" >&2
    exit 2
    ;;
esac
