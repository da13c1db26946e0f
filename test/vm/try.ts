/**
 * `npm run guest -- [--systemd] [--user] FILE…`: test files (paths below test/, or patterns of them) in the guest, and their TAP.
 * --systemd: with systemd's cgroup manager; --user: as the unprivileged user in its systemd session.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runGuest, share } from "./guest.ts";
import { image } from "./image.ts";
import { filesOf } from "./lanes.ts";

const args = process.argv.slice(2);
const environment = args.includes("--systemd") ? ["RUNT_CGROUP_MANAGER=systemd"] : [];
const files = filesOf(args.filter((arg) => !arg.startsWith("--")).map((pattern) => new RegExp(pattern)));
if (files.length === 0) throw new Error("no such test file");
const lane = { name: "try", title: "", user: args.includes("--user"), environment, files };
const results = await runGuest(await image(), await share([lane]));
for (const name of readdirSync(results)) console.log(readFileSync(join(results, name), "utf8"));
