#!/bin/sh
# Goal: a token means the same in another process, with other addresses. Method: each wrong program's finding is replayed
# COUNT times, each in a new process with address-space randomisation on; kind, digest and faithfulness must be the same
# every time.
#
#   replay_in_new_processes.sh DRIVER [COUNT]     COUNT is 20 unless given
set -eu
driver=$1
replays=${2:-20}
[ "$(cat /proc/sys/kernel/randomize_va_space)" = 2 ] || { echo "address-space randomisation is off"; exit 1; }
failed=0
count=0
for program in $("$driver" --wrong --list); do
  token=$("$driver" --only "$program" --first --verbose | sed -n 's/.*token \(rc1[^ ]*\)$/\1/p' | head -1)
  if [ -z "$token" ]; then
    "$driver" --only "$program" --first --verbose | grep -q not_reproducible || { echo "$program: no token"; failed=1; }
    continue
  fi
  seen=$(i=0; while [ $i -lt "$replays" ]; do "$driver" --only "$program" --replay "$token"; i=$((i + 1)); done | sort | uniq -c)
  case $seen in *none*) echo "$program: the finding is gone"; failed=1 ;; esac
  # One line, and all of them: "<replays> <kind> <digest> 1".
  set -- $seen
  [ $# = 4 ] && [ "$1" = "$replays" ] && [ "$4" = 1 ] || { echo "$program: replays differ: $seen"; failed=1; }
  count=$((count + 1))
done
echo "$count programs replayed $replays times each"
[ "$count" -ge 95 ] || failed=1
exit $failed
