/** What people do with Docker. */
import type { Step } from "./compare.ts";

const RUN = "$E run --rm --network none";

export const STEPS: readonly Step[] = [
  {
    name: "info names the runtime",
    script: "$E info --format '{{.DefaultRuntime}}'; $E info | grep -ciE '^ *runc version:.*|tried'",
    expect: /^tried\n\d+$/,
  },
  { name: "run in the foreground", script: `${RUN} $I echo hello`, expect: "hello" },
  { name: "run: the program's exit status", script: `${RUN} $I sh -c 'exit 7'`, expect: "", code: 7 },
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
    name: "killed by a signal: 128 + n",
    script: `$E run -d --name $C --network none $I sleep 1000 >/dev/null; $E kill -s KILL $C >/dev/null; $E wait $C; $E rm $C >/dev/null`,
    expect: "137",
  },
  { name: "run: standard input", script: `echo some text | ${RUN} -i $I cat`, expect: "some text" },
  {
    name: "run -it on a terminal",
    script: `script -qec "stty rows 33 cols 44; ${RUN} -it $I sh -c 'sleep 0.5; tty; stty size'" /dev/null < /dev/null`,
    expect: /\/dev\/(pts\/0|console)\n33 44$/,
  },
  {
    name: "run -d, exec, logs, stop, rm",
    script: `$E run -d --name $C --network none $I sh -c 'echo started; trap "exit 3" TERM; while :; do sleep 0.1; done' >/dev/null
      for i in $(seq 50); do [ -n "$($E logs $C)" ] && break; sleep 0.1; done
      $E exec $C echo in it; $E logs $C; $E stop -t 5 $C >/dev/null; $E inspect $C --format '{{.State.Status}} {{.State.ExitCode}}'; $E rm $C >/dev/null`,
    expect: "in it\nstarted\nexited 3",
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
      $E inspect $C --format '{{.State.Status}}'; $E rm -f $C >/dev/null`,
    expect: "once\nonce\nrunning",
  },
  {
    name: "pause, unpause",
    script: `$E run -d --name $C --network none $I sleep 1000 >/dev/null; $E pause $C >/dev/null; $E inspect $C --format '{{.State.Status}}'
      $E unpause $C >/dev/null; $E exec $C echo again; $E rm -f $C >/dev/null`,
    expect: "paused\nagain",
  },
  {
    name: "rm -f of a paused container",
    script: `$E run -d --name $C --network none $I sleep 1000 >/dev/null; $E pause $C >/dev/null; $E rm -f $C >/dev/null; $E ps -aq --filter name=^$C$`,
    expect: "",
  },
  {
    name: "create, start -a",
    script: `$E create --name $C --network none $I echo later >/dev/null; $E start -a $C; $E rm $C >/dev/null`,
    expect: "later",
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
    name: "run -v: bind mounts, read-only and not",
    script: `mkdir -p $D/v; echo data > $D/v/file; ${RUN} -v $D/v:/v:ro $I sh -c 'exec 2>&1; cat /v/file; touch /v/x'; echo $?
      ${RUN} -v $D/v:/v $I touch /v/y; ls $D/v`,
    expect: /^data\n[^\n]*Read-only file system\n1\nfile\ny$/,
  },
  {
    name: "run -v: a shared mount reaches the container",
    script: `mkdir -p $D/s; mount -t tmpfs s $D/s; mount --make-shared $D/s; mkdir $D/s/sub
      $E run -d --name $C --network none -v $D/s:/s:rslave $I sleep 1000 >/dev/null; mount -t tmpfs t $D/s/sub; touch $D/s/sub/seen
      $E exec $C ls /s/sub; $E rm -f $C >/dev/null; umount -R $D/s`,
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
  { name: "run --hostname", script: `${RUN} --hostname elsewhere $I hostname`, expect: "elsewhere" },
  {
    name: "run --cgroup-parent",
    script: `${RUN} --cgroup-parent /given --cgroupns host $I cat /proc/self/cgroup`,
    expect: /:memory:.*\/given\//,
  },
  {
    name: "run --cpus, -m, --pids-limit, --cpu-shares",
    script: `$E run -d --name $C --network none --cpus 0.5 -m 64m --pids-limit 7 --cpu-shares 512 $I sleep 1000 >/dev/null; p=$($E inspect $C --format '{{.State.Pid}}')
      of() { cat /sys/fs/cgroup/$1$(sed -n "s/.*:$1://p" /proc/$p/cgroup)/$2; }
      of memory memory.limit_in_bytes; of cpu cpu.cfs_quota_us; of cpu cpu.shares; of pids pids.max; $E rm -f $C >/dev/null`,
    expect: "67108864\n50000\n512\n7",
  },
  {
    name: "run out of memory",
    script: `$E run --name $C --network none -m 16m --memory-swap 16m $I sh -c 'tail /dev/zero'; $E inspect $C --format '{{.State.OOMKilled}}'; $E rm $C >/dev/null`,
    expect: /true$/,
  },
  {
    name: "run --ulimit",
    script: `${RUN} --ulimit nofile=123:456 $I sh -c 'ulimit -Sn; ulimit -Hn'`,
    expect: "123\n456",
  },
  {
    name: "run --sysctl",
    script: `${RUN} --sysctl net.ipv4.ip_forward=1 $I cat /proc/sys/net/ipv4/ip_forward`,
    expect: "1",
  },
  { name: "run --shm-size", script: `${RUN} --shm-size 1m $I df -k /dev/shm`, expect: /\s1024\s/ },
  { name: "run --oom-score-adj", script: `${RUN} --oom-score-adj 500 $I cat /proc/self/oom_score_adj`, expect: "500" },
  { name: "run --workdir, --env", script: `${RUN} -w /made -e X=y $I sh -c 'pwd; echo $X'`, expect: "/made\ny" },
  {
    name: "run --privileged",
    script: `${RUN} --privileged $I sh -c 'mkdir -p /mnt && mount -t tmpfs t /mnt && echo mounted'`,
    expect: "mounted",
  },
  {
    name: "cp into a container and out of it",
    script: `$E create --name $C $I true >/dev/null; echo copied > $D/f; $E cp $D/f $C:/tmp/f; $E cp $C:/tmp/f - | tar -xO; $E rm $C >/dev/null`,
    expect: "copied",
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
