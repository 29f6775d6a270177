#!/bin/sh
# Install a hashed lock and then this tree itself: with uv where it is to be had (four times faster), else with pip.
set -eu
lock=$1
python=.venv/bin/python
if [ ! -x .venv/bin/uv ]; then
    .venv/bin/pip install --quiet --disable-pip-version-check "$(sed -n 's/^\(uv==[^ ;\\]*\).*/\1/p' "$lock")" || true
fi
if [ -x .venv/bin/uv ]; then
    .venv/bin/uv pip install --quiet --python "$python" --require-hashes -r "$lock"
    .venv/bin/uv pip install --quiet --python "$python" --no-deps --no-build-isolation -e .
else
    "$python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
    "$python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
fi
# The engines are compiled once, here, so that nobody waits for a compiler later.
if "$python" -c "import numba" 2>/dev/null; then
    echo "Compiling the matching and routing engines, once: about two minutes of processor time ..."
    "$python" -m logistics.sisr & rich=$!
    "$python" -m logistics.lean & lean=$!
    "$python" -m matcher.engines & matching=$!
    wait $lean
    echo "  1 of 3: routes of plain problems"
    wait $matching
    echo "  2 of 3: matching"
    wait $rich
    echo "  3 of 3: routes of a city"
fi
