# What a process can see of the machine: a name, a tab and a value a line. The demo runs it on both sides.
fact() { printf '%s\t%s\n' "$1" "$2"; }

fact "host name" "$(cat /proc/sys/kernel/hostname)"
fact "PID 1" "$(cat /proc/1/comm)"
set -- /proc/[0-9]*
fact "processes" "$#"
fact "mounts" "$(wc -l < /proc/self/mounts)"
fact "user" "$(id -un)"
fact "capabilities" "$(sed -n 's/^CapEff:\t*//p' /proc/self/status)"
fact "may write /usr" "$(test -w /usr && echo yes || echo no)"
cgroup=$(sed -n 's/^.*:\(pids\|\):\(.*\)/\2/p' /proc/self/cgroup | head -n 1)
fact "cgroup" "$cgroup"
# Of v1 and v2, with the cgroup's path where the whole hierarchy is to be seen.
limit() { for path in "$1/$cgroup" "$1" "$cgroup" ""; do cat "/sys/fs/cgroup/$path/$2" 2> /dev/null && return; done; }
fact "processes, at most" "$(limit pids pids.max)"
fact "memory, at most" "$(limit memory memory.limit_in_bytes || limit memory memory.max)"
fact "network" "$(cd /sys/class/net && echo *)"
