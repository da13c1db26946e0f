/** What people do with Podman. */
import { commonSteps } from "./common-steps.ts";
import type { Step } from "./compare.ts";

// $RUN is a `run` that leaves no container.
const RUN = "$RUN --network none";

export const STEPS: readonly Step[] = [
  ...commonSteps(RUN, "$E rm -f -t 0 $C"),
  { name: "run: a program that is not there: 127", script: `${RUN} $I /no/such`, expect: /no such file/i, code: 127 },
  { name: "run: a bare name that is not there: 127", script: `${RUN} $I nosuch`, expect: /not found/, code: 127 },
  {
    name: "run: a file that can't be executed: 126",
    script: `${RUN} $I /etc/passwd`,
    expect: /permission denied/i,
    code: 126,
  },
  {
    name: "run -it on a terminal",
    script: `script -qec "stty rows 33 cols 44; ${RUN} -it $I sh -c 'sleep 0.5; tty; stty size'" /dev/null < /dev/null`,
    expect: /\/dev\/pts\/0\n33 44$/,
  },
  {
    name: "exec: status, user, directory, environment, terminal",
    script: `$E run -d --name $C --network none $I sleep 1000 >/dev/null
      $E exec $C sh -c 'exit 5'; echo $?
      $E exec -u 1000:2000 -w /tmp -e A=b $C sh -c 'id -u; id -g; pwd; echo $A'
      script -qec "$E exec -it $C tty" /dev/null < /dev/null
      $E exec $C /no/such; echo $?
      echo text | $E exec -i $C cat
      $E exec -d $C touch /tmp/made >/dev/null; sleep 1; $E exec $C ls /tmp
      $E rm -f -t 0 $C >/dev/null`,
    expect: /^5\n1000\n2000\n\/tmp\nb\n\/dev\/pts\/0\n[^\n]*no such file[\s\S]*127\ntext\nmade$/i,
  },
  {
    name: "pause, unpause",
    script: `$E run -d --name $C --network none $I sleep 1000 >/dev/null; $E pause $C >/dev/null; $E inspect $C --format '{{.State.Status}}'
      $E exec $C true 2>/dev/null; echo $?; $E unpause $C >/dev/null; $E exec $C echo again; $E rm -f -t 0 $C >/dev/null`,
    expect: /^paused\n\d+\nagain$/,
  },
  {
    name: "top, ps, stats",
    script: `$E run -d --name $C --network none $I sleep 1000 >/dev/null; $E top $C comm; $E ps --filter name=^$C$ --format '{{.Names}} {{.Status}}'
      $E stats --no-stream --format '{{.Name}}' $C; $E rm -f -t 0 $C >/dev/null`,
    expect: /^COMMAND\nsleep\nc\d+ Up [^\n]*\nc\d+$/,
  },
  {
    name: "update",
    script: `$E run -d --name $C --network none $I sleep 1000 >/dev/null; $E update --cpus 0.5 -m 64m $C >/dev/null
      $E exec $C true; p=$($E inspect $C --format '{{.State.Pid}}')
      cat /sys/fs/cgroup/memory$(sed -n 's/.*:memory://p' /proc/$p/cgroup)/memory.limit_in_bytes /sys/fs/cgroup/cpu$(sed -n 's/.*:cpu://p' /proc/$p/cgroup)/cpu.cfs_quota_us
      $E rm -f -t 0 $C >/dev/null`,
    expect: "67108864\n50000",
  },
  {
    name: "a health check",
    script: `$E run -d --name $C --network none --health-cmd 'test -e /tmp/healthy' --health-interval disable $I sleep 1000 >/dev/null
      $E healthcheck run $C; echo $?; $E exec $C touch /tmp/healthy; $E healthcheck run $C; echo $?; $E rm -f -t 0 $C >/dev/null`,
    expect: /1\n0$/,
  },
  {
    name: "run --init",
    script: `${RUN} --init --init-path /usr/bin/tini-static $I sh -c 'cat /proc/1/comm'`,
    expect: /tini|catatonit|podman-init/,
  },
  {
    name: "run -v: bind mounts, read-only and with propagation",
    script: `mkdir -p $D/v; echo data > $D/v/file; ${RUN} -v $D/v:/v:ro,rslave $I sh -c 'exec 2>&1; cat /v/file; touch /v/x'; echo $?
      ${RUN} -v $D/v:/v:rw $I touch /v/y; ls $D/v`,
    expect: /^data\n[^\n]*Read-only file system\n1\n(file\ny|[\s\S]*rslave[\s\S]*)$/,
  },
  {
    name: "run --network host",
    script: `$RUN --network host $I readlink /proc/self/ns/net; readlink /proc/self/ns/net`,
    expect: /^(net:\[\d+\])\n\1$/,
  },
  { name: "run --network none", script: `${RUN} $I ls /sys/class/net`, expect: /^lo$/m },
  {
    name: "run on the default network",
    script: `$RUN $I sh -c 'ip -4 addr show eth0 | grep -c inet'`,
    expect: /1$/,
  },
  {
    name: "run --network, --pid, --ipc container:",
    script: `$E run -d --name $C --network none $I sleep 1000 >/dev/null
      $RUN --network container:$C --pid container:$C --ipc container:$C $I sh -c 'cat /proc/1/comm; for p in 1 self; do readlink /proc/$p/ns/net; done | uniq | wc -l'
      $E rm -f -t 0 $C >/dev/null`,
    expect: "sleep\n1",
  },
  {
    name: "kill of a container in the host's pid namespace ends all of it",
    script: `$E run -d --name $C --pid host --network none $I sh -c 'sleep 12345 & sleep 12345' >/dev/null; $E rm -f -t 0 $C >/dev/null; sleep 0.3; ps -eo args | grep -c '^sleep 12345'`,
    expect: "0",
    code: 1,
  },
  {
    name: "run --cgroup-parent",
    script: `${RUN} --cgroup-parent /given $I cat /proc/self/cgroup`,
    expect: /:memory:\/(given|$)/m,
  },
  {
    name: "run --cgroupns host",
    script: `${RUN} --cgroupns host $I cat /proc/self/cgroup`,
    expect: /:memory:\/libpod_parent\//,
  },
  { name: "run --cgroups disabled", script: `${RUN} --cgroups disabled $I echo without`, expect: "without" },
  {
    name: "run --ulimit",
    script: `${RUN} --ulimit nofile=123:456 --ulimit nproc=4096:4096 $I sh -c 'ulimit -Sn; ulimit -Hn'`,
    expect: "123\n456",
  },
  {
    name: "run --umask, --workdir, --env",
    script: `${RUN} --umask 0077 -w /tmp -e X=y $I sh -c 'umask; pwd; echo $X'`,
    expect: "0077\n/tmp\ny",
  },
  {
    name: "run --privileged",
    script: `${RUN} --privileged $I sh -c 'mount -t tmpfs t /mnt 2>/dev/null || mkdir /mnt && mount -t tmpfs t /mnt && echo mounted; ls /dev | grep -c fuse'`,
    expect: /mounted\n1$/,
  },
  {
    name: "run --systemd always",
    script: `${RUN} --systemd always $I sh -c 'mount | grep -c "on /run type tmpfs"'`,
    expect: "1",
  },
  {
    name: "run --uidmap",
    script: `${RUN} --uidmap 0:100000:65536 $I cat /proc/self/uid_map`,
    expect: /^0\s+100000\s+65536$/,
  },
  {
    name: "run --uidmap: files belong to the container's root",
    script: `${RUN} --uidmap 0:100000:65536 $I sh -c 'stat -c %u /bin /dev/pts /proc/1; touch /x && echo made'`,
    expect: /^0\n0\n0\nmade$/,
  },
  {
    name: "a secret",
    script: `echo -n hidden | $E secret create $C - >/dev/null; ${RUN} --secret $C $I cat /run/secrets/$C; $E secret rm $C >/dev/null`,
    expect: "hidden",
  },
  {
    name: "a pod",
    script: `$E pod create --name $C --network none --infra-image $I --infra-command 'sleep 1000' >/dev/null
      $E run -d --pod $C --name $C-a $I sleep 1000 >/dev/null; $RUN --pod $C $I hostname; $E pod ps --format '{{.Name}} {{.NumberOfContainers}}'; $E pod rm -f -t 0 $C >/dev/null`,
    expect: /^c\d+\nc\d+ 2$/,
  },
  {
    name: "kube play",
    script: `printf '%s\\n' 'apiVersion: v1' 'kind: Pod' 'metadata: {name: '$C'}' 'spec:' '  hostNetwork: true' '  containers:' '  - {name: a, image: localhost/bb:1, command: [/bin/sleep, "1000"], imagePullPolicy: Never}' > $D/pod.yaml
      $E kube play $D/pod.yaml >/dev/null || exit; $E ps --filter name=$C-a --format '{{.Status}}'; $E kube down $D/pod.yaml >/dev/null`,
    expect: /^Up /,
  },
  {
    name: "build: RUN",
    script: `mkdir -p $D/b; printf 'FROM %s\\nRUN echo built > /f\\nRUN ["cat","/f"]\\nRUN exit 3\\n' $I > $D/b/Containerfile
      $E build --network none --isolation oci -t $C $D/b 2>&1 | grep -oE '^built|exit status 3' | head -2`,
    expect: "built\nexit status 3",
  },
  {
    name: "buildah run",
    script: `c=$($BUILDAH from $I) && $BUILDAH run --isolation oci --runtime $BUILDAH_RUNTIME --network none $c echo from buildah; $BUILDAH rm $c >/dev/null`,
    expect: "from buildah",
  },
  {
    name: "checkpoint support is asked for",
    script: `$E info --format '{{.Host.OCIRuntime.Name}}'`,
    expect: /runc|runt/,
  },
  {
    name: "50 in a row",
    script: `for i in $(seq 50); do ${RUN} $I true || echo failed; done; $E ps -aq | wc -l`,
    expect: "0",
  },
  {
    name: "20 at once",
    script: `for i in $(seq 20); do ${RUN} --name $C-$i $I echo $i & done | sort -n | tail -1; wait; $E ps -aq | wc -l; find /sys/fs/cgroup -path '*libpod-*' | wc -l; grep -c overlay/[0-9a-f] /proc/self/mountinfo`,
    expect: /^20\n0\n0\n0$/,
    code: 1,
  },
];
