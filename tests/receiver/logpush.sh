#!/usr/bin/env bash
# The whole way of a Logpush job on this machine: `weir logpush job --apply` asks a stand-in for Cloudflare's API for a job; the stand-in
# checks the request and pushes gzip batches over TLS to `weir serve` until each is answered 200; the receiver is killed in between; the
# events lie in NDJSON and Parquet, and pyarrow and DuckDB read them. Needs cargo, openssl, curl and python3, which installs the two.
#
#     bash tests/receiver/logpush.sh [BATCHES]     WEIR=path/to/weir takes a weir that is built already
set -euo pipefail
cd "$(dirname "$0")/../.."
batches=${1:-10}
format=specs/cloudflare/access_requests

echo "== build"
if [ -z "${WEIR:-}" ]; then
    cargo build --quiet --profile first -p weir-cli
    WEIR=target/first/weir
fi
cargo build --quiet --profile first -p weir-logpush --example logpush_stand_in
python=target/logpush-flow/bin/python
if [ ! -x $python ] || ! $python -c 'import pyarrow, duckdb' 2>/dev/null; then
    python3 -m venv target/logpush-flow
    grep -E '^(duckdb|pyarrow)==' crates/sinks/tests/sinks/requirements.txt | xargs $python -m pip install --quiet
fi

folder=$(mktemp -d)
trap 'kill $receiver $stand_in 2>/dev/null || true; rm -r "$folder"' EXIT
receiver= stand_in=
export INTAKE_KEY
INTAKE_KEY=$(openssl rand -hex 16)
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
    -addext subjectAltName=IP:127.0.0.1 -keyout "$folder/key.pem" -out "$folder/cert.pem" 2>/dev/null

# configure PORT
configure() {
    cat > "$folder/weir.yaml" <<YAML
http:
  - {listen: '127.0.0.1:$1', tls: {certificate: cert.pem, key: key.pem}}
intakes:
  access-requests: {format: $PWD/$format, key: {env: INTAKE_KEY}}
sinks:
  ndjson: {type: ndjson, to: events/ndjson, age: 2s}
  parquet: {type: parquet, to: events/parquet, age: 5s}
YAML
}

# start: runs the receiver, and waits until it takes what comes
start() {
    : > "$folder/told"
    "$WEIR" serve --config "$folder/weir.yaml" 2>> "$folder/told" &
    receiver=$!
    for _ in $(seq 100); do
        url=$(sed -n 's/^listening on //p' "$folder/told")
        if [ -n "$url" ] && curl --silent --fail --cacert "$folder/cert.pem" "$url/readyz" > /dev/null; then return; fi
        sleep 0.1
    done
    cat "$folder/told" >&2
    exit 1
}

echo "== weir serve"
configure 0
"$WEIR" serve --config "$folder/weir.yaml" --check
start
configure "${url##*:}"
echo "listens on $url"

echo "== weir logpush job --apply"
target/first/examples/logpush_stand_in $format/dataset.yml $format/samples/access_requests.ndjson "$folder/cert.pem" \
    "$batches" > "$folder/pushed" &
stand_in=$!
until grep -q '^token' "$folder/pushed"; do sleep 0.1; done
of() { sed -n "s/^$1 //p" "$folder/pushed"; }
CLOUDFLARE_API_TOKEN=$(of token) "$WEIR" logpush job $format --account "$(of account)" --api "$(of api)" \
    --destination "$url/plain/batch" --key-env INTAKE_KEY --apply

echo "== batches are pushed; the receiver is killed and starts again"
until grep -q "^batch $((batches / 2)): .* 200" "$folder/pushed"; do sleep 0.05; done
kill -9 $receiver
wait $receiver 2>/dev/null || true
sleep 1
start
wait $stand_in
stand_in=
sed -n '/^token/,$p' "$folder/pushed" | tail -n +2
# Sinks go at their own pace: what they have not stored when it ends, they store after the next start.
behind() { curl --silent --cacert "$folder/cert.pem" "$url/metrics" | awk '/^weir_sink_behind_entries/ {n += $2} END {print n + 0}'; }
for _ in $(seq 300); do [ "$(behind)" = 0 ] && break; sleep 0.1; done
kill -TERM $receiver
wait $receiver
receiver=

echo "== events"
$python tests/receiver/logpush_events.py "$folder/events" $((batches * 1000))
