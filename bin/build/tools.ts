/** Programs that the build calls, and the Debian packages that they come from. */
import { execFile, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Runs a program and waits: its standard output. @throws Error with the command line and what it printed on standard error */
export async function run(program: string, args: readonly string[], cwd?: string): Promise<string> {
  try {
    const { stdout } = await execute(program, args, { cwd, maxBuffer: 1 << 28 });
    return stdout;
  } catch (error) {
    const printed = (error as { stderr?: string }).stderr || String(error);
    throw new Error(`${program} ${args.join(" ")}:\n${printed.trimEnd()}`);
  }
}

/** Whether a shell would find the program. */
function onPath(program: string): boolean {
  return (process.env.PATH ?? "").split(":").some((folder) => existsSync(`${folder}/${program}`));
}

/**
 * Installs Debian packages of which `missing` says that something lacks; nothing happens when nothing does.
 * @param needs package name → whether the machine has what the package gives
 * @throws Error with the command to type when this is not root, or no Debian
 */
export function needPackages(needs: Readonly<Record<string, boolean>>): void {
  const missing = Object.keys(needs).filter((name) => !needs[name]);
  if (missing.length === 0) return;
  const command = `apt-get install --no-install-recommends ${missing.join(" ")}`;
  if (!onPath("apt-get")) throw new Error(`this machine lacks what Debian calls ${missing.join(", ")}`);
  if (process.getuid?.() !== 0) throw new Error(`this machine lacks ${missing.join(", ")}: as root: ${command}`);
  console.error(`build: ${command}`);
  updateLists();
  try {
    install(missing);
  } catch {
    // The lists may be older than what the mirror still has.
    execFileSync("apt-get", ["update", "-q"], { stdio: ["ignore", 2, 2] });
    install(missing);
  }
}

function install(packages: readonly string[]): void {
  // In this run level no package starts its daemon.
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  execFileSync("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...packages], {
    env,
    stdio: ["ignore", 2, 2],
  });
}

/**
 * Fetches the package lists when the machine has none, as a fresh container image has none.
 * @throws Error with the command to type when this is not root
 */
export function updateLists(): void {
  const format = ["--format", "$(FILENAME)", "Created-By: Packages"];
  const lists = execFileSync("apt-get", ["indextargets", ...format], { encoding: "utf8" })
    .trim()
    .split("\n");
  if (lists.some((list) => list !== "" && existsSync(list))) return;
  if (process.getuid?.() !== 0) throw new Error("this machine has no package lists: as root: apt-get update");
  execFileSync("apt-get", ["update", "-q"], { stdio: ["ignore", 2, 2] });
}

/** Whether a program, a header of /usr/include or a static library of the compiler's is there. */
export const has = {
  program: onPath,
  header: (name: string): boolean => existsSync(`/usr/include/${name}`),
  library: (name: string): boolean => {
    if (!onPath("gcc")) return false;
    return execFileSync("gcc", [`-print-file-name=${name}`], { encoding: "utf8" }).trim() !== name;
  },
} as const;
