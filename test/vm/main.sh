#!/bin/bash
# In the guest: runs the lanes, *.lane files of the share, each by two workers; a tar of their results goes to stdout.
# A lane sets name, user (yes or no), environment (NAME=VALUE…) and files. What fails is told at once, too.
if [ "${1:-}" = work ]; then
  . "$2"; worker=$3
  if [ "$user" = yes ]; then
    # The cgroup that is delegated to the user gets containers below it: so it can't have processes of its own.
    own=/sys/fs/cgroup$(cut -d: -f3 /proc/self/cgroup)
    mkdir "$own/tests"; echo $$ > "$own/tests/cgroup.procs" || exit
  fi
  export RUNT=/mnt/host/runt RUNT_TEST_DIR=/var/tmp/runt-test-$name-$worker RUNT_TEST_PATIENCE=10 TAP_TIMEOUT=100000
  export TMPDIR=/var/tmp "${environment[@]}"
  exec node --jitless /mnt/host/tests/vm/guest/worker.mjs "/var/tmp/claims-$name" "${files[@]}" \
    2> >(grep --line-buffered -v 'disabling flag --expose_wasm' >&2)
fi
cd /var/tmp
results=/var/tmp/results; mkdir $results
for lane in /mnt/host/*.lane; do
  . "$lane"
  as=(); [ "$user" = no ] || as=(/usr/local/bin/asuser)
  workers=()
  for worker in 1 2; do
    # /tmp is mounted nodev: opening a device there would look like a denial.
    scratch=/var/tmp/runt-test-$name-$worker
    mkdir "$scratch"; cp -a /mnt/host/scratch/. "$scratch"
    [ "$user" = no ] || chown -R user: "$scratch"
    # What the tests leave is known by the name of that directory, which no other command line holds.
    "${as[@]}" bash /mnt/host/main.sh work "$lane" $worker |
      tee "$results/$name-$worker.tap" | grep --line-buffered -A 14 '^ *not ok' >&2 &
    workers+=($!)
  done
  wait "${workers[@]}"
done
exec tar -c -C $results .
