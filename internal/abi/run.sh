#!/bin/sh
# Builds the Objective-C libraries and runs the tests of the calling convention
# against them: natively on amd64 or arm64, and as linux/arm64 under qemu-user
# elsewhere. With -race or other flags for go test as arguments, those go to
# the native run. Exits with an error when anything is missing.
set -eu
cd "$(dirname "$0")/../.."

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
export TQMETAL_ABI="$out"
internal/abi/build.sh "$out"

# What does not call the libraries is left to plain go test.
tests() { # package
	case $1 in
	objc) echo 'Assembly|Load|Symbols' ;;
	mtl) echo Assembly ;;
	*) echo . ;;
	esac
}
packages="objc mtl internal/abi"

for p in $packages; do
	go test -count=1 -tags tqmetal_abi -run "$(tests $p)" "$@" "./$p"
	CGO_ENABLED=0 go test -count=1 -tags tqmetal_abi,mtl_syscalln -run "$(tests $p)" "./$p"
done

# What make bench-encode measures.
if [ "$(go env GOHOSTARCH)" = amd64 ]; then
	CGO_ENABLED=1 CC=clang-19 go test -count=1 -tags tqmetal_abi ./internal/abi/benchencode
fi

if [ "$(go env GOHOSTARCH)" != arm64 ]; then
	for tags in tqmetal_abi tqmetal_abi,mtl_syscalln; do
		for p in $packages; do
			GOARCH=arm64 CGO_ENABLED=0 go vet -tags "$tags" "./$p"
			GOARCH=arm64 CGO_ENABLED=0 go test -c -tags "$tags" -o "$out/test" "./$p"
			echo "linux/arm64 under qemu, $tags: $p"
			(cd "$p" && TQMETAL_ABI_EMULATOR='qemu-aarch64 -L /usr/aarch64-linux-gnu' qemu-aarch64 -L /usr/aarch64-linux-gnu "$out/test" -test.run "$(tests $p)")
		done
	done
fi
