#!/bin/sh
# Goal: a token means the same in another process, with other addresses. Method: each wrong program's finding is replayed in
# three new processes with address-space randomisation on; kind and digest must be those of the others.
set -eu
driver=$1
failed=0
count=0
for program in $("$driver" --wrong --list); do
  token=$("$driver" --only "$program" --first --verbose | sed -n 's/.*token \(rc1[^ ]*\)$/\1/p' | head -1)
  [ -n "$token" ] || continue
  first=$("$driver" --only "$program" --replay "$token")
  for _ in 1 2; do
    again=$("$driver" --only "$program" --replay "$token")
    [ "$again" = "$first" ] || { echo "$program: $first, then $again"; failed=1; }
  done
  case $first in none*) echo "$program: the finding is gone ($token)"; failed=1 ;; esac
  count=$((count + 1))
done
echo "$count programs replayed"
[ "$count" -ge 50 ] || failed=1
exit $failed
