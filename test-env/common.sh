# SPDX-License-Identifier: Apache-2.0
# Sourced by the commands of this directory: where things are, and how to become root.
# shellcheck shell=bash
set -euo pipefail

test_env=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(dirname "$test_env")
# sudo changes HOME: the cache stays that of the person who asked.
cache=${WIRESPAN_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/wirespan}
venv=$cache/venv
export WIRESPAN_CACHE=$cache PYTHONDONTWRITEBYTECODE=1

fail() {
	echo "$(basename "$0"): $1" >&2
	exit "${2:-1}"
}

step() {
	echo "==> $*"
}

# Sets `root` to what makes a command root's: nothing where we are, or sudo.
find_root() {
	root=()
	if [ "$(id -u)" -ne 0 ]; then
		command -v sudo >/dev/null || fail "'$1' needs root: run this as root, or install sudo" 3
		root=(sudo)
	fi
}

# Runs a command as root.
as_root() {
	local root
	find_root "$1"
	"${root[@]}" "$@"
}

# Runs a command quietly; its output is shown only if it fails.
quietly() {
	local log=$1
	shift
	if ! "$@" >"$log" 2>&1 </dev/null; then
		tail -n 25 "$log" >&2
		fail "failed: $* (all of its output: $log)"
	fi
}

# find_go: prints the path of a Go command, also one that is not on the PATH.
find_go() {
	PATH=$PATH:/usr/local/go/bin command -v go
}

# find_backend otelcol|jaeger: prints the path of one that is on the PATH, else of the one that backends built.
find_backend() {
	PATH=$PATH:$cache/bin command -v "$1"
}

# build PRESET [CONFIGURE-ARGUMENTS...]
build() {
	local preset=$1
	shift
	step "building (preset $preset)"
	mkdir -p "$cache/log"
	cd "$repository"
	quietly "$cache/log/configure-$preset.log" cmake --preset "$preset" "$@"
	quietly "$cache/log/build-$preset.log" cmake --build --preset "$preset"
}
