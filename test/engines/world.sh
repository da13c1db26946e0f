#!/bin/bash
# world.sh NAME: a machine of its own for one engine, as far as namespaces go: its processes, mounts, network, cgroups. It ends
# when this process is killed, and all that an engine leaves behind ends with it; of the host only the cgroups NAME are touched.
set -euo pipefail
name=$1

if [ "${2:-}" != inside ]; then
  for hierarchy in /sys/fs/cgroup/*/; do
    mkdir "$hierarchy$name"
    for file in cpuset.cpus cpuset.mems; do
      [ ! -e "$hierarchy$name/$file" ] || cat "$hierarchy$file" > "$hierarchy$name/$file"
    done
    echo $$ > "$hierarchy$name/cgroup.procs"
  done
  # A test that is killed takes its worlds along.
  exec setpriv --pdeathsig KILL unshare --mount --net --ipc --uts --cgroup --pid --fork --kill-child --mount-proc "$0" "$name" inside
fi

mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/lock
hierarchies=$(sed -n 's,.* - cgroup2\? [^ ]* rw\(.*\),\1,p' /proc/self/mountinfo | sort -u)
mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup
for options in $hierarchies; do
  options=${options#,}
  options=$(tr , '\n' <<< "$options" | grep -vx xattr | paste -sd,)
  directory=/sys/fs/cgroup/${options#name=}
  mkdir "$directory"
  mount -t cgroup -o "$options" cgroup "$directory"
done
mkdir /sys/fs/cgroup/unified
mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified
ip link set lo up
# The first process of a pid namespace inherits the orphans: bash waits for whatever ends.
echo ready
while :; do sleep 3600 & wait; done
