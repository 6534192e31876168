#!/bin/sh
# Goal: the three toy bugs (lost update, ABBA, lost wake-up) are found within 20 schedules by each of 100 seeds.
set -eu
driver=$1
missed=0
for program in lost_update_by_load_and_store abba_deadlock flag_set_without_the_lock; do
  for seed in $(seq 1 100); do
    "$driver" --only "$program" --executions 20 --seed "$seed" > /dev/null || { echo "$program: seed $seed"; missed=1; }
  done
done
exit $missed
