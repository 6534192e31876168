#!/bin/sh
# Runs the harness's own tests with the harness built under a sanitizer: sanitized.sh SOURCES BUILD SANITIZERS [CTEST ARGUMENTS]
#
# A second build below BUILD, with BUILD's own drivers: no student's process has anything to do with these sanitizers. Without
# arguments for ctest it runs what the test suite has time for; `-L .` runs everything. docs/fuzzing.md says more.
set -eu
sources=$1 built=$2 sanitizers=$3
shift 3
folder=$built/sanitized-${sanitizers%%,*}
if [ "$sanitizers" = thread ]; then
    # The command, and the unit tests that start threads; the others have only one.
    targets='racecourse base_test build_test launch_test'
    quick='^unit\.(base|build|launch)$'
    e2e='^e2e\.(bad_input|resume)$'
else
    targets=all
    quick='^(unit|fuzz)\.'
    e2e='^e2e\.(bad_input|sandbox_levels)$'
fi
[ $# -eq 0 ] || targets=all
cmake -S "$sources" -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DRACECOURSE_SANITIZE="$sanitizers" \
      -DRACECOURSE_LABS="$built/labs" >"$folder.log" 2>&1 || { cat "$folder.log"; exit 1; }
# shellcheck disable=SC2086
cmake --build "$folder" --target $targets >"$folder.log" 2>&1 || { tail -n 40 "$folder.log"; exit 1; }
run_tests() { ctest --test-dir "$folder" --output-on-failure --no-tests=error "$@"; }
if [ $# -gt 0 ]; then
    run_tests "$@"
else
    run_tests -R "$quick" -j "$(nproc)"
    run_tests -R "$e2e"
fi
