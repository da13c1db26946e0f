/** What people do with Podman and with Docker in the same words: one table for both. */
import type { Step } from "./compare.ts";

/**
 * @param RUN runs a container without a network, and removes it
 * @param REMOVE removes the container `$C`, whatever it is doing
 */
export const commonSteps = (RUN: string, REMOVE: string): readonly Step[] => [
  { name: "run in the foreground", script: `${RUN} $I echo hello`, expect: "hello" },
  { name: "run: the program's exit status", script: `${RUN} $I sh -c 'exit 7'`, expect: "", code: 7 },
  {
    name: "killed by a signal: 128 + n",
    script: `$E run -d --name $C --network none $I sleep 1000 >/dev/null; $E kill -s KILL $C >/dev/null; $E wait $C; $E rm $C >/dev/null`,
    expect: "137",
  },
  { name: "run: standard input", script: `echo some text | ${RUN} -i $I cat`, expect: "some text" },
  {
    name: "run -d, exec, logs, stop, rm",
    script: `$E run -d --name $C --network none $I sh -c 'echo started; trap "exit 3" TERM; while :; do sleep 0.1; done' >/dev/null
      for i in $(seq 50); do [ -n "$($E logs $C)" ] && break; sleep 0.1; done
      $E exec $C echo in it; $E logs $C; $E stop -t 5 $C >/dev/null; $E inspect $C --format '{{.State.Status}} {{.State.ExitCode}}'; $E rm $C >/dev/null`,
    expect: "in it\nstarted\nexited 3",
  },
  {
    name: "kill -s, and what it does",
    script: `$E run -d --name $C --network none $I sh -c 'trap "echo usr1; exit 4" USR1; echo up; while :; do sleep 0.1; done' >/dev/null
      for i in $(seq 50); do [ -n "$($E logs $C)" ] && break; sleep 0.1; done
      $E kill -s USR1 $C >/dev/null; $E wait $C; $E logs $C; $E rm $C >/dev/null`,
    expect: "4\nup\nusr1",
  },
  {
    name: "restart",
    script: `$E run -d --name $C --network none $I sh -c 'echo once; sleep 1000' >/dev/null; $E restart -t 0 $C >/dev/null
      for i in $(seq 50); do [ $($E logs $C | wc -l) = 2 ] && break; sleep 0.1; done; $E logs $C
      $E inspect $C --format '{{.State.Status}}'; ${REMOVE} >/dev/null`,
    expect: "once\nonce\nrunning",
  },
  {
    name: "rm -f of a paused container",
    script: `$E run -d --name $C --network none $I sleep 1000 >/dev/null; $E pause $C >/dev/null; ${REMOVE} >/dev/null; $E ps -aq --filter name=^$C$`,
    expect: "",
  },
  {
    name: "create, start -a",
    script: `$E create --name $C --network none $I echo later >/dev/null; $E start -a $C; $E rm $C >/dev/null`,
    expect: "later",
  },
  { name: "run --user", script: `${RUN} --user 1000:2000 $I id`, expect: /uid=1000.*gid=2000/ },
  { name: "run --user: a name, and its groups", script: `${RUN} --user user $I id -G`, expect: "1000 2000" },
  { name: "run --group-add", script: `${RUN} --group-add 3000 $I id -G`, expect: /\b3000\b/ },
  {
    name: "run --cap-add, --cap-drop",
    script: `${RUN} --cap-drop all --cap-add net_raw $I grep Cap /proc/self/status`,
    expect: /CapInh:\s0+\nCapPrm:\s0+2000\nCapEff:\s0+2000\nCapBnd:\s0+2000\nCapAmb:\s0+$/,
  },
  {
    name: "run --security-opt no-new-privileges, seccomp=unconfined",
    script: `${RUN} --security-opt no-new-privileges --security-opt seccomp=unconfined $I grep -E 'NoNewPrivs|Seccomp:' /proc/self/status`,
    expect: /NoNewPrivs:\s1\nSeccomp:\s0/,
  },
  {
    name: "run: the default seccomp profile",
    script: `${RUN} $I grep Seccomp: /proc/self/status`,
    expect: /Seccomp:\s2/,
  },
  {
    name: "run --security-opt seccomp=FILE",
    script: `echo '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO","errnoRet":38}]}' > $D/profile.json
      ${RUN} --security-opt seccomp=$D/profile.json $I mkdir /tmp/x`,
    expect: /Function not implemented/,
    code: 1,
  },
  {
    name: "run --device",
    script: `${RUN} --device /dev/fuse:/dev/xyz:r $I sh -c 'ls -l /dev/xyz | cut -c1'`,
    expect: "c",
  },
  {
    name: "run --read-only --tmpfs",
    script: `${RUN} --read-only --tmpfs /scratch:size=1m $I sh -c 'exec 2>&1; touch /x; touch /scratch/x && echo made'`,
    expect: /Read-only file system\nmade$/,
  },
  {
    name: "run -v: a shared mount reaches the container",
    script: `mkdir -p $D/s; mount -t tmpfs s $D/s; mount --make-shared $D/s; mkdir $D/s/sub
      $E run -d --name $C --network none -v $D/s:/s:rslave $I sleep 1000 >/dev/null; mount -t tmpfs t $D/s/sub; touch $D/s/sub/seen
      $E exec $C ls /s/sub; ${REMOVE} >/dev/null; umount -R $D/s`,
    expect: "seen",
  },
  {
    name: "run -v: a named volume",
    script: `${RUN} -v $C:/v $I sh -c 'echo kept > /v/f'; ${RUN} -v $C:/v $I cat /v/f; $E volume rm $C >/dev/null`,
    expect: "kept",
  },
  { name: "run --pid host", script: `${RUN} --pid host $I cat /proc/1/comm`, expect: "world.sh" },
  {
    name: "run --ipc host",
    script: `${RUN} --ipc host $I readlink /proc/self/ns/ipc; readlink /proc/self/ns/ipc`,
    expect: /^(ipc:\[\d+\])\n\1$/,
  },
  { name: "run --uts host", script: `hostname of-the-world; ${RUN} --uts host $I hostname`, expect: "of-the-world" },
  { name: "run --hostname", script: `${RUN} --hostname elsewhere $I hostname`, expect: "elsewhere" },
  {
    name: "run --cpus, -m, --pids-limit, --cpu-shares",
    script: `$E run -d --name $C --network none --cpus 0.5 -m 64m --pids-limit 7 --cpu-shares 512 $I sleep 1000 >/dev/null; p=$($E inspect $C --format '{{.State.Pid}}')
      of() { cat /sys/fs/cgroup/$1$(sed -n "s/.*:$1://p" /proc/$p/cgroup)/$2; }
      of memory memory.limit_in_bytes; of cpu cpu.cfs_quota_us; of cpu cpu.shares; of pids pids.max; ${REMOVE} >/dev/null`,
    expect: "67108864\n50000\n512\n7",
  },
  {
    name: "run --sysctl",
    script: `${RUN} --sysctl net.ipv4.ip_forward=1 $I cat /proc/sys/net/ipv4/ip_forward`,
    expect: "1",
  },
  { name: "run --shm-size", script: `${RUN} --shm-size 1m $I df -k /dev/shm`, expect: /\s1024\s/ },
  { name: "run --oom-score-adj", script: `${RUN} --oom-score-adj 500 $I cat /proc/self/oom_score_adj`, expect: "500" },
  {
    name: "cp into a container and out of it",
    script: `$E create --name $C $I true >/dev/null; echo copied > $D/f; $E cp $D/f $C:/tmp/f; $E cp $C:/tmp/f - | tar -xO; $E rm $C >/dev/null`,
    expect: "copied",
  },
];
