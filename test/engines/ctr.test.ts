/** What people do with containerd by hand. */
import { compare, type Step } from "./compare.ts";
import { CONTAINERD } from "./containerd.ts";

const RUN = "$E run --rm $R";
const SLEEP = "$E run -d $R $I $C sleep 1000";
const END =
  '$E task kill -s SIGKILL $C; for i in $(seq 50); do $E task ls | grep -q "^$C .*STOPPED" && break; sleep 0.1; done; $E task rm $C >/dev/null 2>&1; $E container rm $C';

const STEPS: readonly Step[] = [
  { name: "run in the foreground", script: `${RUN} $I $C echo hello`, expect: "hello" },
  { name: "run: the program's exit status", script: `${RUN} $I $C sh -c 'exit 7'`, expect: "", code: 7 },
  {
    name: "run: a program that is not there",
    script: `${RUN} $I $C /no/such`,
    expect: /no such file or directory/,
    code: 1,
  },
  {
    name: "run: a bare name that is not there",
    script: `${RUN} $I $C nosuch`,
    expect: /executable file not found in \$PATH/,
    code: 1,
  },
  {
    name: "run: a file that can't be executed",
    script: `${RUN} $I $C /etc/passwd`,
    expect: /permission denied/,
    code: 1,
  },
  {
    name: "run -t on a terminal",
    script: `script -qec "${RUN} -t $I $C sh -c 'tty; sleep 0.5'" /dev/null < /dev/null`,
    expect: /^\/dev\/(pts\/0|console)$/m,
  },
  {
    name: "run -d, task ls, kill, delete",
    script: `${SLEEP}; $E task ls | awk -v c=$C '$1 == c { print $3 }'; ${END}; $E container ls -q`,
    expect: "RUNNING",
  },
  {
    name: "exec",
    script: `${SLEEP}; $E task exec --exec-id e $C echo in it; $E task exec --exec-id f $C sh -c 'exit 5'; echo $?; $E task exec --exec-id g --user 1000:2000 --cwd /tmp $C sh -c 'id -u; id -g; pwd'; ${END}`,
    expect: "in it\n5\n1000\n2000\n/tmp",
  },
  {
    name: "exec -t on a terminal",
    script: `${SLEEP}; script -qec "$E task exec -t --exec-id e $C sh -c 'tty; sleep 0.5'" /dev/null < /dev/null; ${END}`,
    expect: /^\/dev\/pts\/0$/m,
  },
  {
    name: "exec: a program that is not there",
    script: `${SLEEP}; $E task exec --exec-id e $C /no/such; echo $?; ${END}`,
    expect: /no such file or directory[\s\S]*\n1$/,
  },
  {
    name: "pause and resume",
    script: `${SLEEP}; $E task pause $C; $E task ls | awk -v c=$C '$1 == c { print $3 }'; $E task resume $C; $E task exec --exec-id e $C echo again; ${END}`,
    expect: "PAUSED\nagain",
  },
  { name: "kill of a paused task", script: `${SLEEP}; $E task pause $C; ${END}; $E task ls -q`, expect: "" },
  {
    name: "kill by signal, wait for the status",
    script: `$E run -d $R $I $C sh -c 'trap "exit 4" USR1; while :; do sleep 0.1; done'; sleep 1; $E task kill -s SIGUSR1 $C; sleep 1; $E task rm $C; echo $?; $E container rm $C`,
    expect: /exit code 4\b/,
  },
  {
    name: "kill --all",
    script: `$E run -d $R --with-ns pid:/proc/1/ns/pid $I $C sh -c 'sleep 12345 & sleep 12345'; sleep 0.5; $E task kill --all -s SIGKILL $C; sleep 1; ps -eo args | grep -c '^sleep 12345'; $E task rm $C >/dev/null 2>&1; $E container rm $C`,
    expect: "0",
  },
  { name: "ps", script: `${SLEEP}; $E task ps $C | tail -n +2 | wc -l; ${END}`, expect: "1" },
  { name: "metrics", script: `${SLEEP}; $E task metrics $C | grep -c memory.usage_in_bytes; ${END}`, expect: "1" },
  {
    name: "run --memory-limit, --cpu-quota",
    script: `$E run -d $R --memory-limit 67108864 --cpu-period 100000 --cpu-quota 50000 $I $C sleep 1000; cat /sys/fs/cgroup/memory/default/$C/memory.limit_in_bytes /sys/fs/cgroup/cpu/default/$C/cpu.cfs_quota_us; ${END}`,
    expect: "67108864\n50000",
  },
  {
    name: "run --cap-add, --cap-drop",
    script: `${RUN} --cap-add CAP_NET_ADMIN --cap-drop CAP_CHOWN $I $C grep CapEff /proc/self/status`,
    expect: /CapEff:\s+0*a80435fa/,
  },
  { name: "run --seccomp", script: `${RUN} --seccomp $I $C grep Seccomp: /proc/self/status`, expect: /Seccomp:\s2/ },
  {
    name: "run --allow-new-privs",
    script: `${RUN} $I $C grep NoNewPrivs /proc/self/status; ${RUN} --allow-new-privs $I $C-b grep NoNewPrivs /proc/self/status`,
    expect: /:\s1\n.*:\s0$/,
  },
  { name: "run --read-only", script: `${RUN} --read-only $I $C touch /x`, expect: /Read-only file system/, code: 1 },
  {
    name: "run --mount",
    script: `mkdir -p $D/m; echo data > $D/m/f; ${RUN} --mount type=bind,src=$D/m,dst=/mm,options=rbind:ro $I $C cat /mm/f`,
    expect: "data",
  },
  {
    name: "run --net-host",
    script: `${RUN} --net-host $I $C readlink /proc/self/ns/net; readlink /proc/self/ns/net`,
    expect: /^(net:\[\d+\])\n\1$/,
  },
  { name: "run --device", script: `${RUN} --device /dev/fuse $I $C ls /dev/fuse`, expect: "/dev/fuse" },
  { name: "run --no-pivot", script: `${RUN} --no-pivot $I $C echo without`, expect: "without" },
  { name: "run --env, --cwd", script: `${RUN} --env X=y --cwd /tmp $I $C sh -c 'pwd; echo $X'`, expect: "/tmp\ny" },
  {
    name: "run --uidmap, --gidmap",
    script: `${RUN} --uidmap 0:100000:65536 --gidmap 0:100000:65536 $I $C cat /proc/self/uid_map`,
    expect: /^0\s+100000\s+65536$/,
  },
  {
    name: "20 at once",
    script: `for i in $(seq 20); do ${RUN} $I $C-$i echo $i & done | sort -n | tail -1; wait; $E container ls -q | wc -l; find /sys/fs/cgroup -path "*/default/$C-*" -type d | wc -l`,
    expect: "20\n0\n0",
  },
];

compare(CONTAINERD, STEPS);
