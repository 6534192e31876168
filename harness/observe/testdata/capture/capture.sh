#!/bin/sh
# Captures the logs of this test data anew: each case of scenario.cpp with g++ and clang++, built and run as a submission
# is, then symbolised as a run's log is.
#
#   capture.sh SYMBOLIZE [FOLDER]     SYMBOLIZE is symbolize.cpp, built; FOLDER gets the logs (default: the one above)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
runtime=$here/../../../runtime
symbolize=$(realpath "$1")
out=$(realpath "${2:-$here/..}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cases="no_race race_int race_same_line race_global race_heap race_string race_vptr use_after_free double_free lock_order
  thread_leak destroy_locked bad_unlock invalid_mutex race_twice race_in_scenario race_in_callback
  race_in_thread_function race_in_c_thread_function race_with_scenario"

for compiler in g++ clang++; do
  flags="-std=c++20 -O1 -g1 -fsanitize=thread -I$runtime"
  $compiler $flags -fPIC -fvisibility=hidden -ffile-prefix-map="$here/=" -shared -Wl,-soname,submission.so \
    "$here/student.cpp" -o submission.so
  $compiler $flags -ffile-prefix-map="$here/=/labs/" -ffile-prefix-map="$runtime/=/runtime/" \
    "$here/scenario.cpp" "$runtime/sanitizer.cpp" submission.so -o driver_tsan
  name=${compiler%++}
  [ "$name" = g ] && name=gcc
  for case in $cases; do
    : > raw
    # The exit code is ThreadSanitizer's 66; only the log counts.
    LD_LIBRARY_PATH=. ./driver_tsan "$case" 3 3> raw > /dev/null || true
    "$symbolize" . < raw | sed "s#$work/##" > "$out/$case.$name.log"
  done
  LD_LIBRARY_PATH=. TSAN_OPTIONS=report_bugs=0 ./driver_tsan race_int 3 3> "$out/no_reports.$name.log" || true
  # The second of two reports ends in the middle of a frame.
  head -c $(($(grep -b -m 2 WARNING "$out/race_int.$name.log" | tail -n 1 | cut -d : -f 1) + 400)) \
    "$out/race_int.$name.log" > "$out/truncated.$name.log"
  # Bytes that are no text between and inside the lines of the second report; the third is whole.
  awk '/WARNING/ { n++ } n == 2 && /#1 / { printf "\377\000\033[2J\302 %c\n\200 #0 \n", 1 } { print }' \
    "$out/race_twice.$name.log" > "$out/garbage.$name.log"
done
