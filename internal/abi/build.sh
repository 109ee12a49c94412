#!/bin/sh
# Builds the Objective-C libraries that the tests of the calling convention call,
# into a folder: for this machine and for linux/arm64. Exits with an error when
# anything is missing.
set -eu
out=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."

missing=
need() { # program, package
	command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
# The folder has the version of gcc in its name, as the package does.
need_file() { # pattern, package
	ls $1 >/dev/null 2>&1 || missing="$missing $2"
}
native=$(go env GOHOSTARCH 2>/dev/null || echo unknown)
need go golang
need clang-19 clang-19
need_file "/usr/lib/gcc/$(uname -m)-linux-gnu/*/libobjc.so" libobjc-12-dev
if [ "$native" != arm64 ]; then
	need qemu-aarch64 qemu-user
	need aarch64-linux-gnu-ld gcc-aarch64-linux-gnu
	need_file "/usr/lib/gcc-cross/aarch64-linux-gnu/*/libobjc.so" libobjc-12-dev-arm64-cross
	need_file /usr/aarch64-linux-gnu/include/stdlib.h libc6-dev-arm64-cross
fi
if [ -n "$missing" ]; then
	echo "internal/abi/build.sh: missing, as Debian packages:$missing" >&2
	exit 1
fi

go run ./internal/abi/genmessages >"$out/messages.m"
go run ./internal/abi/genmessages internal/abi/testdata/encode.m >"$out/metal.h"

build() { # library, source, clang's name of the CPU, Go's
	clang-19 --target="$3-linux-gnu" -fobjc-runtime=gcc -fblocks -Wall -Werror -O2 -shared -fPIC \
		-I "$out" -I internal/abi/testdata "$2" internal/abi/testdata/recorder.m internal/abi/testdata/msgsend.S -lobjc -lpthread -o "$out/lib$1-$4.so"
}
both() { # clang's name of the CPU, Go's
	build messages "$out/messages.m" "$1" "$2"
	build shapes internal/abi/testdata/shapes.m "$1" "$2"
	build encode internal/abi/testdata/encode.m "$1" "$2"
}
both "$(uname -m)" "$native"
if [ "$native" != arm64 ]; then
	both aarch64 arm64
fi
