#!/bin/sh
# Installs what "test" or "abi" needs and this machine lacks, on Debian and
# Ubuntu. Does nothing where all is there and on macOS, whose own Metal runs the
# tests; elsewhere it says what is missing.
set -eu

case $(uname -s) in
Linux) ;;
*) exit 0 ;;
esac

missing=
need() { # what must exist, package
	command -v "$1" >/dev/null 2>&1 || ls $1 >/dev/null 2>&1 || missing="$missing $2"
}
need clang++-19 clang-19
need '/usr/lib/llvm-19/lib/clang/19/lib/*/libclang_rt.asan*' libclang-rt-19-dev
if [ "${1:-test}" = abi ]; then
	need "/usr/lib/gcc/$(uname -m)-linux-gnu/*/libobjc.so" libobjc-12-dev
	if [ "$(uname -m)" != aarch64 ]; then
		need qemu-aarch64 qemu-user
		need aarch64-linux-gnu-ld gcc-aarch64-linux-gnu
		need '/usr/lib/gcc-cross/aarch64-linux-gnu/*/libobjc.so' libobjc-12-dev-arm64-cross
		need /usr/aarch64-linux-gnu/include/stdlib.h libc6-dev-arm64-cross
	fi
fi
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
	echo "missing, by the names of Debian's packages:$missing" >&2
	exit 1
fi
echo "installing:$missing"
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
$sudo apt-get update -qq
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
