/** Environment variables. */

/** The value of a variable among `NAME=value`; an empty one is as good as none. */
export function variable(environ: readonly string[], name: string): string | undefined {
  const beginning = `${name}=`;
  return environ.find((entry) => entry.startsWith(beginning))?.slice(beginning.length) || undefined;
}
