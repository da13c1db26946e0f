/** What people do with a Docker whose containers have user namespaces. */
import { compare, type Step } from "./compare.ts";
import { DOCKER_REMAPPED, FIRST_REMAPPED } from "./docker.ts";
import { STEPS } from "./docker-steps.ts";

const RUN = "$E run --rm --network none";

const REMAPPED: readonly Step[] = [
  {
    name: "the container's root is a user of the host",
    script: `mkdir -p $D/m; chmod 777 $D/m; ${RUN} -v $D/m:/v $I sh -c 'cat /proc/self/uid_map /proc/self/gid_map; touch /v/f; stat -c %u:%g /v/f /dev/pts /dev/shm' | tr -s ' '; stat -c %u:%g $D/m/f`,
    expect: new RegExp(
      `^ ?0 ${FIRST_REMAPPED} 65536\n 0 ${FIRST_REMAPPED} 65536\n0:0\n0:0\n0:0\n${FIRST_REMAPPED}:${FIRST_REMAPPED}$`,
    ),
  },
  {
    name: "what is not the container's is nobody's",
    script: `${RUN} -v /etc:/v $I sh -c 'exec 2>&1; stat -c %u /v/passwd; touch /v/x'`,
    expect: /^65534\n[^\n]*Permission denied$/,
    code: 1,
  },
  {
    name: "run --userns host",
    script: `${RUN} --userns host $I cat /proc/self/uid_map`,
    expect: /^0\s+0\s+4294967295$/,
  },
  {
    name: "no device nodes can be made",
    script: `${RUN} --cap-add mknod $I sh -c 'exec 2>&1; echo x > /dev/null; mknod /n c 1 3'`,
    expect: /Operation not permitted$/,
    code: 1,
  },
  {
    name: "exec on a terminal",
    script: `$E run -d --name $C --network none $I sleep 1000 >/dev/null
      script -qec "$E exec -it $C sh -c 'sleep 0.5; tty; stat -c %u:%g /dev/pts/0; id -u'" /dev/null < /dev/null; $E rm -f $C >/dev/null`,
    expect: /^\/dev\/pts\/0\n0:5\n0$/,
  },
];

compare(DOCKER_REMAPPED, [...STEPS, ...REMAPPED]);
