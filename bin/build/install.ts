/** `npm run install:bin`: dist/runt to $DESTDIR$PREFIX/sbin, by default /usr/local/sbin. */
import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";

const built = new URL("../../dist/runt", import.meta.url).pathname;
if (!existsSync(built)) throw new Error("dist/runt is not there: npm run build makes it");

const folder = join(process.env.DESTDIR || "/", process.env.PREFIX || "/usr/local", "sbin");
mkdirSync(folder, { recursive: true });
// A runtime may be running at this moment: it keeps the file that it began with.
const fresh = join(folder, `.runt.${process.pid}`);
copyFileSync(built, fresh);
chmodSync(fresh, 0o755);
renameSync(fresh, join(folder, "runt"));
console.log(join(folder, "runt"));
