/** What people do with Podman, as a user without rights. */
import { USER } from "../support/unprivileged.ts";
import { compare, type Step } from "./compare.ts";
import { FIRST_GRANTED, PODMAN_ROOTLESS } from "./podman-rootless.ts";
import { STEPS } from "./podman-steps.ts";

const RUN = "$RUN --network none";
const MAKE = "touch /v/root /v/five; chown 5:6 /v/five";

/** What is otherwise for root. */
const DIFFERENT: readonly Step[] = [
  {
    name: "run on the default network",
    script: "$RUN $I sh -c 'ip -4 addr show tap0 | grep -c inet'",
    expect: /1$/,
  },
  {
    name: "run --uidmap",
    script: `${RUN} --uidmap 0:0:1000 $I cat /proc/self/uid_map`,
    expect: /^0\s+0\s+1\n\s+1\s+1\s+999$/,
  },
  {
    name: "run --uidmap: files belong to the container's root",
    script: `${RUN} --uidmap 0:100:1000 $I sh -c 'stat -c %u /bin /dev/pts /proc/1; touch /x && echo made'`,
    expect: /^0\n0\n0\nmade$/,
  },
];
const names = DIFFERENT.map(({ name }) => name);

const ROOTLESS: readonly Step[] = [
  {
    name: "the container's root is the user, others are granted ids",
    script: `mkdir $C; ${RUN} -v $PWD/$C:/v $I sh -c 'cat /proc/self/uid_map; ${MAKE}' | tr -s ' '; stat -c %u:%g $C/root $C/five`,
    expect: new RegExp(
      `^0 ${USER} 1\n 1 ${FIRST_GRANTED} 65536\n${USER}:${USER}\n${FIRST_GRANTED + 4}:${FIRST_GRANTED + 5}$`,
    ),
  },
  {
    name: "run --userns keep-id",
    script: `mkdir $C; ${RUN} --userns keep-id -v $PWD/$C:/v $I sh -c 'id -u; id -g; touch /v/mine; stat -c %u /dev/pts /proc/1'; stat -c %u:%g $C/mine`,
    expect: `${USER}\n${USER}\n0\n${USER}\n${USER}:${USER}`,
  },
  {
    name: "run --userns keep-id:uid=,gid=",
    script: `mkdir $C; ${RUN} --userns keep-id:uid=200,gid=210 -v $PWD/$C:/v $I sh -c 'id -u; id -g; touch /v/mine'; stat -c %u:%g $C/mine`,
    expect: `200\n210\n${USER}:${USER}`,
  },
  {
    name: "run --userns keep-id --user root",
    script: `${RUN} --userns keep-id --user root $I sh -c 'id -u; touch /x && echo made; cat /proc/self/setgroups'`,
    expect: "0\nmade\nallow",
  },
  {
    name: "exec, -it, logs and stop with keep-id",
    script: `$E run -d --name $C --network none --userns keep-id $I sh -c 'id -u; trap "exit 3" TERM; while :; do sleep 0.1; done' >/dev/null
      $E exec $C id -u; $E exec -u root $C id -u; script -qec "$E exec -it $C sh -c 'tty; test -w \\$(tty) && echo writable'" /dev/null < /dev/null
      $E logs $C; $E stop -t 5 $C >/dev/null; $E inspect $C --format '{{.State.Status}} {{.State.ExitCode}}'; $E rm $C >/dev/null`,
    expect: `${USER}\n0\n/dev/pts/0\nwritable\n${USER}\nexited 3`,
  },
  {
    name: "run -it --userns keep-id",
    script: `script -qec "${RUN} -it --userns keep-id $I sh -c 'sleep 0.5; tty; echo x > /dev/console; id -u'" /dev/null < /dev/null`,
    expect: `/dev/pts/0\nx\n${USER}`,
  },
  {
    name: "run --userns auto",
    script: `${RUN} --userns auto:size=1000 $I cat /proc/self/uid_map`,
    expect: /^0\s+\d+\s+1000$/,
  },
  { name: "run --userns nomap", script: `${RUN} --userns nomap $I cat /proc/self/uid_map`, expect: /^0\s+1\s+65536$/ },
  {
    name: "run --userns host",
    script: `${RUN} --userns host $I cat /proc/self/uid_map`,
    expect: new RegExp(`^0\\s+${USER}\\s+1\n`),
  },
  {
    name: "run --userns container:",
    script: `$E run -d --name $C --network none --userns keep-id $I sleep 1000 >/dev/null; ${RUN} --userns container:$C --user 0 $I sh -c 'touch /f && stat -c %u:%g /f'
      $E rm -f -t 0 $C >/dev/null`,
    expect: "0:0",
  },
  {
    name: "files of a container that another user had, in the user's eyes",
    script: `${RUN} -v $C:/v $I sh -c '${MAKE}'; $E unshare stat -c %u:%g $($E volume inspect $C --format '{{.Mountpoint}}')/five; $E volume rm $C >/dev/null`,
    expect: "5:6",
  },
  {
    name: "a port of the container",
    script: `$E run -d --name $C -p 18080:8080 $I sh -c 'echo page > /tmp/page; httpd -f -p 8080 -h /tmp' >/dev/null
      for i in $(seq 50); do busybox wget -qO- http://127.0.0.1:18080/page 2>/dev/null && break; sleep 0.1; done; $E rm -f -t 0 $C >/dev/null`,
    expect: "page",
  },
  {
    name: "run -v of what is not the user's",
    script: `${RUN} -v /etc:/v $I sh -c 'exec 2>&1; stat -c %u /v/passwd; touch /v/x'`,
    expect: /^65534\n[^\n]*Permission denied$/,
    code: 1,
  },
  {
    name: "run --device",
    script: `${RUN} --device /dev/fuse $I sh -c 'stat -c %t:%T /dev/fuse'`,
    expect: "a:e5",
  },
  ...["vfs", "overlay --storage-opt overlay.mount_program=/usr/bin/fuse-overlayfs"].map((driver) => ({
    name: `--storage-driver ${driver.replace(/ .*\//, " by ")}`,
    script: `P="podman --root $D/$C-root --storage-driver ${driver}"; $E save $I | $P load -q >/dev/null
      $P run --rm --network none $I sh -c 'touch /bin/x && chown 5:6 /bin/x && stat -c %u:%g /bin/x'
      $P run --rm --network none --userns keep-id --user 0 $I sh -c 'touch /bin/x && stat -c %u:%g /bin/x /bin'`,
    expect: "5:6\n0:0\n0:0",
  })),
];

compare(PODMAN_ROOTLESS, [...STEPS.filter(({ name }) => !names.includes(name)), ...DIFFERENT, ...ROOTLESS]);
