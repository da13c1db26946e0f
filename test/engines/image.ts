/** An image of busybox for engines: made here, since there is no registry. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scratch } from "../support/scratch.ts";

const FOLDERS = ["bin", "sbin", "etc", "tmp", "root", "home", "var", "usr/bin", "proc", "sys", "dev", "run", "lib"];
const PASSWD = "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home:/bin/sh\n";
const GROUP = "root:x:0:\nuser:x:1000:\nextra:x:2000:user\n";

/** The image's only layer, a tar file. @returns its path */
export function layer(): string {
  const path = join(scratch, "engine-layer.tar");
  if (existsSync(path)) return path;
  const root = join(scratch, `engine-layer-${process.pid}`);
  for (const folder of FOLDERS) mkdirSync(join(root, folder), { recursive: true });
  execFileSync("chmod", ["1777", join(root, "tmp")]);
  execFileSync("cp", ["/bin/busybox", join(root, "bin/busybox")]);
  for (const applet of execFileSync("/bin/busybox", ["--list"], { encoding: "utf8" }).trim().split("\n")) {
    if (applet !== "busybox") symlinkSync("/bin/busybox", join(root, "bin", applet));
  }
  writeFileSync(join(root, "etc/passwd"), PASSWD);
  writeFileSync(join(root, "etc/group"), GROUP);
  execFileSync("tar", ["-C", root, "-cf", `${root}.tar`, "."]);
  execFileSync("mv", ["-T", `${root}.tar`, path]);
  execFileSync("rm", ["-r", root]);
  return path;
}

/** The image as an OCI archive (image-layout.md) with the name `reference` and what it runs by default. @returns its path */
export function archive(name: string, reference: string, command: readonly string[]): string {
  const path = join(scratch, `engine-${name}.tar`);
  if (existsSync(path)) return path;
  const directory = join(scratch, `engine-${name}-${process.pid}`);
  mkdirSync(join(directory, "blobs/sha256"), { recursive: true });
  const blob = (mediaType: string, content: Buffer): object => {
    const hash = createHash("sha256").update(content).digest("hex");
    writeFileSync(join(directory, "blobs/sha256", hash), content);
    return { mediaType, digest: `sha256:${hash}`, size: content.length };
  };
  const json = (value: object): Buffer => Buffer.from(JSON.stringify(value));
  const content = readFileSync(layer());
  const config = blob(
    "application/vnd.oci.image.config.v1+json",
    json({
      architecture: process.arch === "arm64" ? "arm64" : "amd64",
      os: "linux",
      config: { Cmd: command, Env: ["PATH=/bin:/usr/bin:/sbin"] },
      rootfs: { type: "layers", diff_ids: [`sha256:${createHash("sha256").update(content).digest("hex")}`] },
    }),
  );
  const layers = [blob("application/vnd.oci.image.layer.v1.tar", content)];
  const manifest = blob("application/vnd.oci.image.manifest.v1+json", json({ schemaVersion: 2, config, layers }));
  const annotations = { "org.opencontainers.image.ref.name": reference, "io.containerd.image.name": reference };
  writeFileSync(join(directory, "index.json"), json({ schemaVersion: 2, manifests: [{ ...manifest, annotations }] }));
  writeFileSync(join(directory, "oci-layout"), json({ imageLayoutVersion: "1.0.0" }));
  execFileSync("tar", ["-C", directory, "-cf", `${directory}.tar`, "."]);
  execFileSync("mv", ["-T", `${directory}.tar`, path]);
  execFileSync("rm", ["-r", directory]);
  return path;
}
