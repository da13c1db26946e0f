/**
 * The id maps of a new user namespace, user_namespaces(7). Who has the rights writes them directly; else there is the one id that
 * everybody may map, and the set-user-ID tools of shadow-utils, which map what /etc/subuid and /etc/subgid grant.
 */
import { errnoOf, RuntimeError } from "../base/errors.ts";
import { mapReport, PAGE_SIZE } from "../init/page.ts";
import { E } from "../linux/errno.ts";
import { CLOSE_RANGE } from "../linux/fcntl.ts";
import { call, words } from "../program/step.ts";
import { type IdMapping, parseIdMap } from "../spec/user-namespace.ts";
import { decode, syscall } from "../sys/ffi.ts";
import { close, inherit, readAt, readFile, writeExisting } from "../sys/file.ts";
import { plainFile, sharedPage } from "../sys/memory.ts";
import { wait } from "../sys/process.ts";
import { failureOf, launch } from "./launch.ts";

/** What is mapped, by the name of the file in /proc/PID, with the tool that may do it and what grants it. */
const MAPS = {
  uid_map: { tool: "/usr/bin/newuidmap", grants: "/etc/subuid", own: "geteuid" },
  gid_map: { tool: "/usr/bin/newgidmap", grants: "/etc/subgid", own: "getegid" },
} as const;

type MapName = keyof typeof MAPS;

/**
 * Writes the id maps of process `pid`, which is the first in its user namespace.
 * @throws RuntimeError that says what would be right
 */
export function writeIdMaps(pid: number, uids: readonly IdMapping[], gids: readonly IdMapping[]): void {
  writeMap(pid, "uid_map", uids);
  writeMap(pid, "gid_map", gids);
}

function writeMap(pid: number, name: MapName, mappings: readonly IdMapping[]): void {
  const lines = mappings.map(({ containerID, hostID, size }) => `${containerID} ${hostID} ${size}\n`);
  try {
    writeExisting(`/proc/${pid}/${name}`, lines.join(""));
  } catch (error) {
    if (errnoOf(error) !== E.EPERM && errnoOf(error) !== E.EACCES)
      throw new RuntimeError(doing(name, mappings), { cause: error });
    needMapped(name, mappings);
    if (isOwnId(name, mappings)) writeOwnId(pid, name, mappings, lines.join(""));
    else runTool(pid, name, mappings);
  }
}

function doing(name: MapName, mappings: readonly IdMapping[]): string {
  const shown = mappings.slice(0, 4).map(({ containerID, hostID, size }) => `${containerID} → ${hostID} (${size})`);
  const more = mappings.length > shown.length ? `, and ${mappings.length - shown.length} more ranges` : "";
  return `write the ${name} of the user namespace: ${shown.join(", ")}${more}`;
}

/** Each range must lie in one of those that the runtime's own user namespace has: no tool of set-user-ID can map others. @throws RuntimeError */
function needMapped(name: MapName, mappings: readonly IdMapping[]): void {
  const own = parseIdMap(readFile(`/proc/self/${name}`));
  for (const { hostID, size } of mappings) {
    if (own.some((range) => range.containerID <= hostID && hostID + size <= range.containerID + range.size)) continue;
    const there = own.map(({ containerID, size }) => `${containerID} to ${containerID + size - 1}`).join(", ");
    throw new RuntimeError(
      `${doing(name, mappings)}: hostID ${hostID} to ${hostID + size - 1} must be within one range of the user namespace that runt is in, which has ${there}`,
    );
  }
}

/** One id, the runtime's own. */
function isOwnId(name: MapName, mappings: readonly IdMapping[]): boolean {
  const [first] = mappings;
  return mappings.length === 1 && first?.size === 1 && first.hostID === syscall(MAPS[name].own);
}

/** Without rights a gid may be mapped once setgroups(2) is given up: a group may be there to keep its members out of something. */
function writeOwnId(pid: number, name: MapName, mappings: readonly IdMapping[], text: string): void {
  try {
    if (name === "gid_map") writeExisting(`/proc/${pid}/setgroups`, "deny");
    writeExisting(`/proc/${pid}/${name}`, text);
  } catch (cause) {
    throw new RuntimeError(doing(name, mappings), { cause });
  }
}

function runTool(pid: number, name: MapName, mappings: readonly IdMapping[]): void {
  const { tool, grants } = MAPS[name];
  const args = [
    tool,
    String(pid),
    ...mappings.flatMap((each) => [each.containerID, each.hostID, each.size].map(String)),
  ];
  const output = plainFile("newidmap-output");
  const page = sharedPage("newidmap-report", PAGE_SIZE);
  try {
    for (const fd of [output, page]) inherit(fd);
    const launched = launch("newidmap", [
      mapReport(page),
      call(`execute ${tool}`, "dup3", [output, 1, 0]),
      call(`execute ${tool}`, "dup3", [output, 2, 0]),
      call(`execute ${tool}`, "close_range", [3, 0xffffffff, CLOSE_RANGE.CLOEXEC]),
      call(`execute ${tool}`, "execve", [tool, words(...args, 0), words("PATH=/usr/bin:/bin", 0)]),
    ]);
    const status = wait(launched.pid)?.status;
    const failure = failureOf(launched.program, page);
    if (failure !== undefined) {
      throw new RuntimeError(`${doing(name, mappings)}: this takes ${tool}, of the package uidmap`, { cause: failure });
    }
    if (status === 0) return;
    const said = decode(readAt(output, 0, 2048)).trim();
    const hint = `${grants} must grant the user these ids`;
    throw new RuntimeError(
      `${doing(name, mappings)}: ${said === "" ? `${tool} ended with code ${status}` : said} (${hint})`,
    );
  } finally {
    close(output);
    close(page);
  }
}
