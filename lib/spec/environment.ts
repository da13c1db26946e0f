/** The variables of `process.env`, environ(7). */

/** Each as it is written, by its name; the last of that name, where the first one stood. */
export function variablesOf(env: readonly string[]): Map<string, string> {
  const variables = new Map<string, string>();
  for (const variable of env) variables.set(nameOf(variable), variable);
  return variables;
}

/** What comes before the equals sign; all of it without one. */
export function nameOf(variable: string): string {
  const end = variable.indexOf("=");
  return end < 0 ? variable : variable.slice(0, end);
}
