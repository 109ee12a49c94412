#!/bin/sh
# Builds the Objective-C libraries and runs the tests of the calling convention
# against them: natively on amd64 or arm64, and as linux/arm64 under qemu-user
# elsewhere. With -race or other flags for go test as arguments, those go to
# the native run. Exits with an error when anything is missing.
set -eu
cd "$(dirname "$0")/../.."

missing=
need() { # program, package
	command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
native=$(go env GOHOSTARCH)
need clang-19 clang-19
[ -e /usr/lib/gcc/$(uname -m)-linux-gnu/12/libobjc.so ] || missing="$missing libobjc-12-dev"
if [ "$native" != arm64 ]; then
	need qemu-aarch64 qemu-user
	need aarch64-linux-gnu-ld gcc-aarch64-linux-gnu
	[ -e /usr/lib/gcc-cross/aarch64-linux-gnu/12/libobjc.so ] || missing="$missing libobjc-12-dev-arm64-cross"
fi
if [ -n "$missing" ]; then
	echo "internal/abi/run.sh: missing, as Debian packages:$missing" >&2
	exit 1
fi

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
export TQMETAL_ABI="$out"
go run ./internal/abi/genmessages >"$out/messages.m"

build() { # library, source, clang's name of the CPU, Go's
	clang-19 --target="$3-linux-gnu" -fobjc-runtime=gcc -fblocks -Wall -Werror -O1 -shared -fPIC \
		"$2" internal/abi/testdata/msgsend.S -lobjc -lpthread -o "$out/lib$1-$4.so"
}
both() { # clang's name of the CPU, Go's
	build messages "$out/messages.m" "$1" "$2"
	build shapes internal/abi/testdata/shapes.m "$1" "$2"
}

# What does not call the libraries is left to plain go test.
tests() { # package
	case $1 in
	objc) echo 'Assembly|Load|Symbols' ;;
	mtl) echo Assembly ;;
	*) echo . ;;
	esac
}
packages="objc mtl internal/abi"

both "$(uname -m)" "$native"
for p in $packages; do
	go test -count=1 -tags tqmetal_abi -run "$(tests $p)" "$@" "./$p"
	CGO_ENABLED=0 go test -count=1 -tags tqmetal_abi,mtl_syscalln -run "$(tests $p)" "./$p"
done

if [ "$native" != arm64 ]; then
	both aarch64 arm64
	for tags in tqmetal_abi tqmetal_abi,mtl_syscalln; do
		for p in $packages; do
			GOARCH=arm64 CGO_ENABLED=0 go vet -tags "$tags" "./$p"
			GOARCH=arm64 CGO_ENABLED=0 go test -c -tags "$tags" -o "$out/test" "./$p"
			echo "linux/arm64 under qemu, $tags: $p"
			(cd "$p" && qemu-aarch64 -L /usr/aarch64-linux-gnu "$out/test" -test.run "$(tests $p)")
		done
	done
fi
