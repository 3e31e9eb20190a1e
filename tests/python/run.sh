#!/usr/bin/env bash
# The wheel: builds it, installs it into an environment of its own, and tests it there. Needs python3 with pip and venv; Spark needs Java 17.
# Why the tests are Python's: `docs/decisions/0192`.
#
#     bash tests/python/run.sh fast       what needs no Spark, with the wheel that `cargo test` has built most of
#     bash tests/python/run.sh spark      Spark on two cores, workers and drivers that are killed, and the notebooks
#     WEIR_WHEEL=path/to/weir.whl         tests that wheel instead of building one
#     WEIR_PROFILE=release                builds it as people get it; then its size is tested, too
set -euo pipefail
cd "$(dirname "$0")/../.."
form=${1:?fast or spark}
shift
venv=$PWD/target/python-tests
export PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1

[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install -q -r tests/python/requirements.txt
[ "$form" = fast ] || "$venv/bin/pip" install -q -r tests/python/requirements-spark.txt

if [ -z "${WEIR_WHEEL:-}" ]; then
    profile=${WEIR_PROFILE:-dev}
    rm -rf target/wheels/tested
    "$venv/bin/maturin" build -q -m crates/python/Cargo.toml --profile "$profile" --strip --compatibility linux -o target/wheels/tested
    WEIR_WHEEL=$(ls "$PWD"/target/wheels/tested/*.whl)
fi
export WEIR_WHEEL
"$venv/bin/pip" install -q --force-reinstall --no-deps "$WEIR_WHEEL"

case $form in
fast) exec "$venv/bin/python" -m pytest -q -p no:cacheprovider tests/python/fast "$@" ;;
spark) exec "$venv/bin/python" -m pytest -q -p no:cacheprovider tests/python/spark "$@" ;;
*)
    echo "fast or spark, not $form" >&2
    exit 2
    ;;
esac
