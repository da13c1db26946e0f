/** What bin/build/help.ts makes of the table of commands. */
declare module "runt:help" {
  /** The help of each command, and of runt itself under "": the first line is the synopsis. */
  export const HELP: Readonly<Record<string, string>>;
  /** The completion script for each shell. */
  export const COMPLETION: Readonly<Record<string, string>>;
}
