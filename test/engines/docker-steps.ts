/** What people do with Docker. */
import { commonSteps } from "./common-steps.ts";
import type { Step } from "./compare.ts";

const RUN = "$E run --rm --network none";

export const STEPS: readonly Step[] = [
  ...commonSteps(RUN, "$E rm -f $C"),
  {
    name: "info names the runtime",
    script: "$E info --format '{{.DefaultRuntime}}'; $E info | grep -ciE '^ *runc version:.*|tried'",
    expect: /^tried\n\d+$/,
  },
  {
    name: "run: a program that is not there: 127",
    script: `${RUN} $I /no/such`,
    expect: /no such file or directory/,
    code: 127,
  },
  {
    name: "run: a bare name that is not there: 127",
    script: `${RUN} $I nosuch`,
    expect: /executable file not found in \$PATH/,
    code: 127,
  },
  {
    name: "run: a file that can't be executed: 126",
    script: `${RUN} $I /etc/passwd`,
    expect: /permission denied/,
    code: 126,
  },
  {
    name: "run -it on a terminal",
    script: `script -qec "stty rows 33 cols 44; ${RUN} -it $I sh -c 'sleep 0.5; tty; stty size'" /dev/null < /dev/null`,
    expect: /\/dev\/(pts\/0|console)\n33 44$/,
  },
  {
    name: "exec: status, user, directory, environment, terminal",
    script: `$E run -d --name $C --network none $I sleep 1000 >/dev/null
      $E exec $C sh -c 'exit 5'; echo $?
      $E exec -u 1000:2000 -w /tmp -e A=b $C sh -c 'id -u; id -g; pwd; echo $A'
      script -qec "$E exec -it $C tty" /dev/null < /dev/null
      $E exec $C /no/such; echo $?
      echo text | $E exec -i $C cat
      $E exec -d $C touch /tmp/made; sleep 1; $E exec $C ls /tmp
      $E rm -f $C >/dev/null`,
    expect: /^5\n1000\n2000\n\/tmp\nb\n\/dev\/pts\/0\n[\s\S]*no such file or directory[\s\S]*12[67]\ntext\nmade$/,
  },
  {
    name: "pause, unpause",
    script: `$E run -d --name $C --network none $I sleep 1000 >/dev/null; $E pause $C >/dev/null; $E inspect $C --format '{{.State.Status}}'
      $E unpause $C >/dev/null; $E exec $C echo again; $E rm -f $C >/dev/null`,
    expect: "paused\nagain",
  },
  {
    name: "top, ps, stats",
    script: `$E run -d --name $C --network none $I sleep 1000 >/dev/null; $E top $C -o pid,comm; $E ps --filter name=^$C$ --format '{{.Names}} {{.State}}'
      $E stats --no-stream --format '{{.Name}}' $C; $E rm -f $C >/dev/null`,
    expect: /^PID\s+COMMAND\n\d+\s+sleep\nc\d+ running\nc\d+$/,
  },
  {
    name: "update",
    script: `$E run -d --name $C --network none -m 32m --memory-swap 64m $I sleep 1000 >/dev/null; $E update --cpus 0.5 -m 64m --memory-swap 128m --pids-limit 9 $C >/dev/null
      $E exec $C true; p=$($E inspect $C --format '{{.State.Pid}}'); of() { cat /sys/fs/cgroup/$1$(sed -n "s/.*:$1://p" /proc/$p/cgroup)/$2; }
      of memory memory.limit_in_bytes; of cpu cpu.cfs_quota_us; of pids pids.max; $E rm -f $C >/dev/null`,
    expect: "67108864\n50000\n9",
  },
  {
    name: "an update leaves the devices alone",
    script: `$E run -d --name $C --network none $I sleep 1000 >/dev/null; $E update -m 64m --memory-swap 128m $C >/dev/null
      $E exec $C sh -c 'echo > /dev/null && echo writes'; $E rm -f $C >/dev/null`,
    expect: "writes",
  },
  {
    name: "a health check",
    script: `$E run -d --name $C --network none --health-cmd 'test -e /tmp' --health-interval 200ms $I sleep 1000 >/dev/null
      for i in $(seq 100); do s=$($E inspect $C --format '{{.State.Health.Status}}'); [ $s = healthy ] && break; sleep 0.1; done; echo $s; $E rm -f $C >/dev/null`,
    expect: "healthy",
  },
  { name: "run --init", script: `${RUN} --init $I cat /proc/1/comm`, expect: /^(docker-init|tini|cat)$/ },
  {
    name: "run -v: bind mounts, read-only and not",
    script: `mkdir -p $D/v; echo data > $D/v/file; ${RUN} -v $D/v:/v:ro $I sh -c 'exec 2>&1; cat /v/file; touch /v/x'; echo $?
      ${RUN} -v $D/v:/v $I touch /v/y; ls $D/v`,
    expect: /^data\n[^\n]*Read-only file system\n1\nfile\ny$/,
  },
  {
    name: "run --network host",
    script: `$E run --rm --network host $I readlink /proc/self/ns/net; readlink /proc/self/ns/net`,
    expect: /^(net:\[\d+\])\n\1$/,
  },
  {
    name: "run on the default network",
    script: `$E run --rm $I sh -c 'ip -4 addr show eth0 | grep -c inet'`,
    expect: /1$/,
  },
  {
    name: "run --network, --pid, --ipc container:",
    script: `$E run -d --name $C --ipc shareable --network none $I sleep 1000 >/dev/null
      $E run --rm --network container:$C --pid container:$C --ipc container:$C $I sh -c 'cat /proc/1/comm; for p in 1 self; do readlink /proc/$p/ns/net; done | uniq | wc -l'
      $E rm -f $C >/dev/null`,
    expect: "sleep\n1",
  },
  {
    name: "run --cgroup-parent",
    script: `${RUN} --cgroup-parent /given --cgroupns host $I cat /proc/self/cgroup`,
    expect: /:memory:.*\/given\//,
  },
  {
    name: "run out of memory",
    // containerd listens for the kernel's word once `start` has returned.
    script: `$E run --name $C --network none -m 16m --memory-swap 16m $I sh -c 'sleep 1; tail /dev/zero'; $E inspect $C --format '{{.State.OOMKilled}}'; $E rm $C >/dev/null`,
    expect: /true$/,
  },
  {
    name: "run --ulimit",
    script: `${RUN} --ulimit nofile=123:456 $I sh -c 'ulimit -Sn; ulimit -Hn'`,
    expect: "123\n456",
  },
  { name: "run --workdir, --env", script: `${RUN} -w /made -e X=y $I sh -c 'pwd; echo $X'`, expect: "/made\ny" },
  {
    name: "run --privileged",
    script: `${RUN} --privileged $I sh -c 'mkdir -p /mnt && mount -t tmpfs t /mnt && echo mounted'`,
    expect: "mounted",
  },
  {
    name: "build: RUN",
    script: `mkdir -p $D/b; printf 'FROM %s\\nRUN echo built > /f\\nRUN ["cat","/f"]\\nRUN exit 3\\n' $I > $D/b/Dockerfile
      DOCKER_BUILDKIT=0 $E build --network none $D/b 2>&1 | grep -oE '^built|returned a non-zero code: 3'`,
    expect: "built\nreturned a non-zero code: 3",
  },
  {
    name: "20 at once",
    script: `for i in $(seq 20); do ${RUN} --name $C-$i $I echo $i & done | sort -n | tail -1; wait
      for i in $(seq 100); do [ -z "$($E ps -aq --filter name=^$C-)" ] && break; sleep 0.1; done; $E ps -aq --filter name=^$C- | wc -l; find /sys/fs/cgroup -path '*/docker/*' -name '[0-9a-f]*' -type d | wc -l`,
    expect: "20\n0\n0",
  },
];
