/** Where a benchmark keeps its files. Whatever it makes on the machine is named after this directory. */
import { chmodSync, existsSync, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { makeRootfs, writeBundle } from "./bundles.ts";
import { removeCgroups } from "./cgroups.ts";
import { compile, Driver } from "./driver.ts";
import { attempted } from "./plan.ts";
import { containers, type Runtime, removeByForce, runtime } from "./runtimes.ts";

export class Workplace {
  readonly driver: Driver;
  readonly #directory: string;
  readonly #state: string;
  readonly #rootfs: string;
  readonly #runtimes: Runtime[] = [];

  /** @param hidden a directory that no runtime shall see, if there is one */
  constructor(hidden: string | null) {
    const directory = mkdtempSync(join(tmpdir(), "runt-bench-"));
    // runc as a container's root, who is a user of the host, goes there by the path.
    chmodSync(directory, 0o711);
    process.once("exit", () => rmSync(directory, { recursive: true }));
    this.#directory = directory;
    this.#state = stateDirectory();
    process.once("exit", () => rmSync(this.#state, { recursive: true }));
    this.#rootfs = join(this.#directory, "rootfs");
    this.driver = new Driver(this.#directory, hidden);
    const program = join(this.#directory, "program");
    compile("program", program);
    makeRootfs(this.#rootfs, program);
  }

  /** Writes the bundles for a runtime. @param seccomp `linux.seccomp` of those that have a filter */
  add(name: string, path: string, seccomp: unknown): Runtime {
    const added = runtime(name, path, {
      directory: this.#directory,
      state: this.#state,
      prefix: basename(this.#directory),
    });
    for (const { kind, container } of containers(added)) {
      writeBundle(container.bundle, {
        rootfs: this.#rootfs,
        cgroup: `/${container.id}`,
        args: kind.startsWith("waiting") ? ["/program", "wait"] : ["/program"],
        ...(kind.endsWith("plain") ? {} : { seccomp }),
        mapped: kind.startsWith("mapped"),
      });
    }
    this.#runtimes.push(added);
    return added;
  }

  /** Deletes containers, whatever state they are in, and cgroups; the files go with this process. */
  async clear(): Promise<void> {
    const everything = this.#runtimes.flatMap((each) => containers(each).map(({ container }) => ({ each, container })));
    await this.driver.execute(everything.flatMap(({ each, container }) => attempted(removeByForce(each, container))));
    await removeCgroups(basename(this.#directory));
  }
}

const TMPFS_MAGIC = 0x01021994;

/**
 * In memory, as /run is where runtimes are used. On ext4 the time that a new file takes depends on how many were deleted on the machine
 * in the last minute.
 */
function stateDirectory(): string {
  const parent = ["/run", "/dev/shm"].find((path) => existsSync(path) && statfsSync(path).type === TMPFS_MAGIC);
  const directory = mkdtempSync(join(parent ?? tmpdir(), "runt-bench-"));
  chmodSync(directory, 0o711);
  return directory;
}
