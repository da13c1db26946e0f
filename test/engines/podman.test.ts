/** What people do with Podman, as root. */
import { compare, type Step } from "./compare.ts";
import { PODMAN } from "./podman.ts";
import { STEPS } from "./podman-steps.ts";

const RUN = "$RUN --network none";
const MAPPED = "--uidmap 0:100000:5000";

const ROOT: readonly Step[] = [
  {
    name: "run --uidmap --gidmap: ranges",
    // Podman 4.3 can't have overlay map several.
    script: `P="podman --root $D/vfs --runroot /run/vfs --storage-driver vfs"; $E save $I | $P load -q >/dev/null
      $P run --rm --network none --uidmap 0:100000:1000 --uidmap 1000:200000:2000 --gidmap 0:300000:5000 $I sh -c 'cat /proc/self/uid_map /proc/self/gid_map; stat -c %u:%g /bin' | tr -s ' '`,
    expect: /^0 100000 1000\n 1000 200000 2000\n 0 300000 5000\n0:0$/,
  },
  {
    name: "run -d, exec, logs, stop, rm in a user namespace",
    script: `$E run -d --name $C --network none ${MAPPED} $I sh -c 'id -u; trap "exit 3" TERM; while :; do sleep 0.1; done' >/dev/null
      $E exec -u 1000:1000 $C id; script -qec "$E exec -it $C sh -c 'tty; stat -c %u /dev/pts/0'" /dev/null < /dev/null
      stat -c %u:%g /proc/$($E inspect $C --format '{{.State.Pid}}')/root/bin
      $E logs $C; $E stop -t 5 $C >/dev/null; $E inspect $C --format '{{.State.Status}} {{.State.ExitCode}}'; $E rm $C >/dev/null`,
    expect: /^uid=1000\(user\) gid=1000\(user\)[^\n]*\n\/dev\/pts\/0\n0\n100000:100000\n0\nexited 3$/,
  },
  {
    name: "run -it in a user namespace",
    script: `script -qec "${RUN} -it ${MAPPED} $I sh -c 'sleep 0.5; tty; stat -c %u:%g /dev/console'" /dev/null < /dev/null`,
    expect: /^\/dev\/pts\/0\n0:5$/,
  },
  {
    name: "run --userns auto",
    script: `${RUN} --userns auto:size=1000 $I cat /proc/self/uid_map`,
    expect: /^0\s+2\d{6}\s+1000$/,
  },
  {
    name: "run --userns container:",
    script: `$E run -d --name $C --network none ${MAPPED} $I sleep 1000 >/dev/null; ${RUN} --userns container:$C $I sh -c 'cat /proc/self/uid_map; touch /f && stat -c %u:%g /f' | tr -s ' '
      $E rm -f -t 0 $C >/dev/null`,
    expect: /^0 100000 5000\n0:0$/,
  },
  {
    name: "run -v :U in a user namespace",
    script: `mkdir -p $D/u; ${RUN} ${MAPPED} -v $D/u:/v:U $I sh -c 'echo mine > /v/f'; stat -c %u:%g $D/u $D/u/f`,
    expect: "100000:100000\n100000:100000",
  },
  {
    name: "run -v :idmap",
    script: `mkdir -p $D/i; touch $D/i/f; ${RUN} --uidmap 0:100000:5000 -v $D/i:/v:idmap $I sh -c 'stat -c %u:%g /v/f; touch /v/g'; stat -c %u:%g $D/i/g`,
    expect: "0:0\n0:0",
  },
  {
    name: "run --privileged in a user namespace",
    script: `${RUN} --privileged --uidmap 0:100000:5000 $I sh -c 'mkdir /m; mount -t tmpfs t /m && echo mounted; mknod /n c 1 3 2>/dev/null || echo no nodes'`,
    expect: "mounted\nno nodes",
  },
  {
    name: "20 at once in user namespaces",
    script: `for i in $(seq 20); do ${RUN} --userns auto:size=500 $I sh -c 'read a b c < /proc/self/uid_map; echo $c' & done | sort | uniq -c; wait; $E ps -aq | wc -l`,
    expect: "20 500\n0",
  },
];

compare(PODMAN, [...STEPS, ...ROOT]);
