#!/bin/sh
# Builds the Objective-C libraries and measures encoding in each way against them.
# Arguments go to benchencode. C is compiled by clang everywhere.
set -eu
cd "$(dirname "$0")/../.."
if [ "$(go env GOHOSTOS)/$(go env GOHOSTARCH)" != linux/amd64 ]; then
	echo "internal/abi/bench.sh: measures on linux/amd64 alone" >&2
	exit 1
fi

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
export TQMETAL_ABI="$out" CGO_ENABLED=1 CC=clang-19
internal/abi/build.sh "$out"
go run -tags tqmetal_abi ./internal/abi/benchencode "$@"
