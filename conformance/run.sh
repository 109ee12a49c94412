#!/bin/bash
# run.sh RESULTS: on a machine with an NVIDIA GPU and CUDA's compiler, build the kernels that conformance/build holds, and
# check, sanitize and time them. Needs no Go and no network. Takes some two minutes on 16 processors.
#
# conformance/build is made elsewhere by: go run ./conformance prepare
#
# RESULTS gets record.json, with everything, and the log of the run. The exit code is 1 if any part failed; the other parts
# run all the same.
set -u
cd "$(dirname "$0")/build" || exit 1
[ -x conformance ] || { echo "conformance/build is not whole: go run ./conformance prepare, elsewhere" >&2; exit 1; }
results=${1:?usage: run.sh RESULTS}
mkdir -p "$results" && results=$(cd "$results" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PATH=$PATH:/usr/local/cuda/bin
started=$SECONDS

# part NAME SECONDS COMMAND...: a part that hangs is ended.
part() {
    local name=$1 limit=$2
    shift 2
    if timeout -k 5 "$limit" "$@"; then
        echo "== $name: passed, after $((SECONDS - started)) s"
    else
        echo "== $name: FAILED (exit code $?), after $((SECONDS - started)) s"
        echo "$name" >> "$work/failed"
    fi
}
conformance() {
    local name=$1 limit=$2 command=$3
    shift 3
    part "$name" "$limit" ./conformance "$command" -o . -results "$work" -commit "$(cat commit)" "$@"
}

main() {
    nvcc=${NVCC:-nvcc}
    nvidia-smi --query-gpu=name,driver_version,clocks.max.sm,power.limit --format=csv,noheader
    $nvcc --version | tail -2
    part "building the launcher" 60 $nvcc -cudart none -std=c++17 -O2 -o launcher cuda/launcher.cc -ldl
    conformance "compiling the kernels" 200 build
    conformance "times" 100 times
    # The rest does not mind company.
    conformance "check" 200 check &
    running=$!
    for tool in memcheck racecheck initcheck synccheck; do
        conformance "$tool" 200 tool "$tool" &
        running="$running $!"
    done
    wait $running
    conformance "planted faults" 80 faults
    conformance "record" 20 record
    cp "$work/record.json" "$results/"
    tar -czf "$results/logs.tar.gz" -C "$work" --exclude record.json . 2>/dev/null
    echo "== all parts: $((SECONDS - started)) s"
    if [ -s "$work/failed" ]; then
        echo "failed: $(sort "$work/failed" | paste -sd, -)"
        return 1
    fi
}
main 2>&1 | tee "$results/run.log"
exit "${PIPESTATUS[0]}"
