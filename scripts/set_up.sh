#!/usr/bin/env bash
# Makes .venv exactly as requirements.lock says (every package pinned and hashed) and installs this checkout in it.
# In: PYTHON (optional), and the machine's own PIP_* and UV_* settings. Out: .venv/.ready, the mark of a whole set-up.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'set-up: %s\n' "$*"; }
fail() { printf '\nset-up failed: %s\n' "$*" >&2; exit 1; }

suits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; }

find_python() {
    local candidate
    for candidate in ${PYTHON:+"$PYTHON"} python3.11 python3.12 python3.13 python3 python; do
        if suits "$candidate"; then printf '%s' "$candidate"; return; fi
        [ "$candidate" != "${PYTHON:-}" ] || fail "PYTHON=$PYTHON is not a Python 3.11, 3.12 or 3.13."
    done
    fail "no Python 3.11, 3.12 or 3.13 was found. Install one, or name it: make PYTHON=/path/to/python3.11"
}

# uv reads UV_* only: hand it what the machine set for pip
[ -z "${PIP_INDEX_URL:-}" ] || export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$PIP_INDEX_URL}"
[ -z "${PIP_EXTRA_INDEX_URL:-}" ] || export UV_INDEX="${UV_INDEX:-$PIP_EXTRA_INDEX_URL}"
[ -z "${PIP_FIND_LINKS:-}" ] || export UV_FIND_LINKS="${UV_FIND_LINKS:-${PIP_FIND_LINKS// /,}}"
[ -z "${PIP_CERT:-}" ] || export SSL_CERT_FILE="${SSL_CERT_FILE:-$PIP_CERT}"

rm -f .venv/.ready
wanted="$(sed -n 's/^uv==\([^ ]*\).*/\1/p' requirements.lock)"
has_uv() { [ "$(.venv/bin/uv --version 2>/dev/null | cut -d' ' -f2)" = "$wanted" ]; }

if ! suits .venv/bin/python || ! { has_uv || .venv/bin/python -m pip --version; } >/dev/null 2>&1; then
    python="$(find_python)"
    say "making .venv with $("$python" --version)"
    rm -rf .venv
    "$python" -m venv .venv || fail "this Python cannot make environments; on Debian or Ubuntu: apt install python3-venv"
fi

if ! has_uv; then
    say "installing uv $wanted"
    pinned="$(mktemp)"
    trap 'rm -f "$pinned"' EXIT
    sed -n '/^uv==/,/^[a-z].*==/{/^uv==/p;/^    --hash/p;}' requirements.lock > "$pinned"
    .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r "$pinned" \
        || fail "uv could not be installed: see pip's message above."
fi

say "installing $(grep -c '^[a-z0-9].*==' requirements.lock) pinned packages (some minutes without a package cache)"
export VIRTUAL_ENV="$PWD/.venv"
.venv/bin/uv pip sync --quiet --require-hashes --compile-bytecode requirements.lock \
    || fail "the packages of requirements.lock could not be installed: see uv's message above."
.venv/bin/uv pip install --quiet --no-deps --no-build-isolation --editable . \
    || fail "this checkout could not be installed: see uv's message above."
say "compiling the loops of supplier resolution"
.venv/bin/python -m anchor_spend.resolution || fail "they could not be compiled: see the message above."
touch .venv/.ready
say "ready: .venv holds $(.venv/bin/python --version) and every package"
