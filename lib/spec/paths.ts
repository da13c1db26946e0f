/** Paths in the container as config.json gives them. */

/**
 * `path` from the root on, without "//", "." and "..", which are resolved as text: what is left is followed by the kernel, inside
 * the container's root. A relative path counts from the root (config.md § Mounts).
 */
export function cleanPath(path: string): string {
  const absolute = path.startsWith("/") ? path : `/${path}`;
  if (!absolute.includes("//") && !absolute.includes("/.") && (absolute.length === 1 || !absolute.endsWith("/")))
    return absolute;
  const names: string[] = [];
  for (const name of absolute.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return `/${names.join("/")}`;
}

/** The last name of a path. */
export function lastName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The directory that an absolute path is in. */
export function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

/** As many symlinks as the kernel follows in one path, path_resolution(7). */
const SYMLINKS_MAX = 40;

/**
 * Where `path`, which is clean, leads in an image, with what is missing taken for directories: how symlinks to something that is yet
 * to be made are meant. It is a guess, which an image can change at any time: whoever uses it has it followed inside the root.
 * @param readLink what the symlink at a path of the image points to, undefined for anything else; asked for paths without symlinks
 * before their last name
 */
export function resolveSymlinks(path: string, readLink: (path: string) => string | undefined): string {
  const left = path.split("/").reverse();
  let result = "";
  for (let links = 0; left.length > 0; ) {
    const name = left.pop() as string;
    if (name === "" || name === ".") continue;
    if (name === "..") {
      result = result.slice(0, Math.max(result.lastIndexOf("/"), 0));
      continue;
    }
    const target = readLink(`${result}/${name}`);
    if (target === undefined) result += `/${name}`;
    else if (++links > SYMLINKS_MAX) return path;
    else {
      if (target.startsWith("/")) result = "";
      left.push(...target.split("/").reverse());
    }
  }
  return result === "" ? "/" : result;
}
