# SPDX-License-Identifier: Apache-2.0
# Sourced behind common.sh by the commands that build what is written in Go: a workplace, and a Go that is new enough.
# shellcheck shell=bash

go_version=1.25.4 # fetched where Go is too old to fetch by itself what a module asks for

# make_workplace NAME: sets `work`, a directory that is gone when the script ends. Modules and compiled packages can be
# some GB that nobody needs later.
make_workplace() {
	work=$(mktemp -d "$cache/$1.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	export GOENV=off GOPATH=$work/go GOCACHE=$work/go-cache GOBIN=$work/bin TMPDIR=$work
	export GOFLAGS="-modcacherw -buildvcs=false -trimpath" CGO_ENABLED=0 GOTOOLCHAIN=auto
	unset GOROOT
}

# Go 1.21 and later fetch the toolchain that a module asks for. Debian 12's 1.19 can fetch it as what it also is: a
# module, in which what runs has lost its permission to and go.mod has another name.
fetch_toolchain() {
	local old_go=$1 machine directory
	machine=$("$old_go" env GOARCH)
	step "Go: fetching $go_version"
	directory=$("$old_go" mod download -json "golang.org/toolchain@v0.0.1-go$go_version.linux-$machine" |
		sed -n 's/^.*"Dir": "\(.*\)".*$/\1/p')
	[ -d "$directory" ] || fail "cannot fetch Go $go_version with $("$old_go" version)" 3
	chmod -R +x "$directory/bin" "$directory/pkg/tool"
	find "$directory/src" -name _go.mod -execdir mv {} go.mod \;
	go=$directory/bin/go
}

# Sets `go`, and puts it on the PATH.
choose_go() {
	local minor
	go=$(find_go) || fail "needs Go: run test-env/setup" 3
	minor=$("$go" env GOVERSION | sed -n 's/^go1\.\([0-9]*\).*$/\1/p')
	[ "${minor:-0}" -ge 21 ] || fetch_toolchain "$go"
	PATH=$(dirname "$go"):$PATH
}
