#!/bin/sh
# Runs the tests of the packages that run kernels as linux/arm64 under
# qemu-user, with kernels built for arm64. Arguments go to the test programs,
# as in -test.run=Saxpy. Exits with an error when anything is missing.
#
# Left out: kernels with sanitizers, whose library for arm64 Debian has only on
# arm64.
set -eu
cd "$(dirname "$0")/../.."

missing=
need() { # program, package
	command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
need go golang
need clang++-19 clang-19
need qemu-aarch64 qemu-user
need aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu
if [ -n "$missing" ]; then
	echo "internal/mslrun/arm64.sh: missing, as Debian packages:$missing" >&2
	exit 1
fi

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
mkdir "$out/bin" "$out/cache"
chmod 700 "$out/cache"

# The kernel starts a program for another processor only where that is set up.
# So each becomes NAME.arm64, and NAME a script that starts it and bears its
# name, for tests that start themselves.
cat >"$out/emulated" <<SCRIPT
#!/bin/sh
exec $(command -v qemu-aarch64) -L /usr/aarch64-linux-gnu -0 "\$0" "\$0.arm64" "\$@"
SCRIPT
chmod 700 "$out/emulated"

cat >"$out/bin/clang++-19" <<COMPILER
#!/bin/sh
program=
for a in "\$@"; do
	case "\$a" in
	-c | -E | -fsyntax-only | c++-header) exec $(command -v clang++-19) --target=aarch64-linux-gnu "\$@" ;;
	*/program) program=\$a ;;
	esac
done
$(command -v clang++-19) --target=aarch64-linux-gnu "\$@" || exit
if [ -n "\$program" ]; then
	mv "\$program" "\$program.arm64"
	cp "$out/emulated" "\$program"
fi
COMPILER
chmod 700 "$out/bin/clang++-19"

export PATH="$out/bin:$PATH" XDG_CACHE_HOME="$out/cache" CI=true
cp "$out/emulated" "$out/test"
for p in internal/mslrun mtl/softmetal mtl; do
	GOARCH=arm64 CGO_ENABLED=0 go test -c -o "$out/test.arm64" "./$p"
	echo "linux/arm64 under qemu: $p"
	(cd "$p" && "$out/test" -test.skip Sanitize "$@")
done
