/** linux.cgroupsPath as systemd takes it, `slice:prefix:name`, and what systemd.slice(5) makes of a slice's name. */
import { RuntimeError } from "../base/errors.ts";

/** A scope unit, and where it is below systemd's own cgroup. */
export interface ScopePlace {
  readonly slice: string;
  /** The unit's name. */
  readonly name: string;
  /** `/a.slice/a-b.slice/runt-c1.scope` */
  readonly path: string;
}

/** The name of a unit is a file's in places, unit_name_is_valid() of systemd. */
const LONGEST_NAME = 255;

/**
 * The scope of a container. Without a cgroupsPath, and without a slice in it, it is in `defaultSlice`; a name that is a slice is
 * no scope's, and so an error.
 * @throws RuntimeError for a path that is no slice:prefix:name, and for names that systemd does not take
 */
export function scopePlace(cgroupsPath: string | undefined, id: string, defaultSlice: string): ScopePlace {
  const parts = cgroupsPath ? cgroupsPath.split(":") : ["", "runt", id];
  const quoted = JSON.stringify(cgroupsPath);
  const [given = "", prefix = "", name = ""] = parts;
  if (parts.length !== 3 || name === "") {
    throw new RuntimeError(
      `linux.cgroupsPath ${quoted}: expected slice:prefix:name, as the systemd cgroup manager takes it`,
    );
  }
  if (prefix === "" && name.endsWith(".slice")) {
    throw new RuntimeError(`linux.cgroupsPath ${quoted}: ${name} is a slice: a container is in a scope`);
  }
  const slice = given === "" ? defaultSlice : given;
  const scope = `${prefix === "" ? "" : `${prefix}-`}${name}.scope`;
  if (!/^[A-Za-z0-9:_.\\@-]+$/.test(scope) || scope.length > LONGEST_NAME) {
    throw new RuntimeError(`linux.cgroupsPath ${quoted}: systemd takes no unit of the name ${JSON.stringify(scope)}`);
  }
  return { slice, name: scope, path: `${slicePath(slice)}/${scope}` };
}

/**
 * Where a slice is: below the slices that its name says, `a-b.slice` in `a.slice`; "" for the root slice.
 * @throws RuntimeError for what is no slice's name
 */
export function slicePath(slice: string): string {
  if (slice === "-.slice") return "";
  const names = slice.endsWith(".slice") ? slice.slice(0, -".slice".length).split("-") : [];
  if (!/^[A-Za-z0-9:_.\\-]+$/.test(slice) || names.length === 0 || names.includes("")) {
    throw new RuntimeError(
      `linux.cgroupsPath: ${JSON.stringify(slice)} is not the name of a slice, such as user-1000.slice`,
    );
  }
  return names.map((_, index) => `/${names.slice(0, index + 1).join("-")}.slice`).join("");
}
