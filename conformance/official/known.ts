/** Failures that are the suite's own, or this kind of machine's: programs by name, with the reason. */
export const KNOWN: Readonly<Record<string, string>> = {
  delete: "runt, runc and crun delete a created container on purpose",
  delete_resources: "compares the addresses of two numbers, not the numbers",
  hooks: "expects a text that its own hooks do not write, and makes no test point",
  killsig: "sends the signal as soon as the container runs, whether its shell has set the trap or not",
};
