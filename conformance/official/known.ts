/** Failures that are the suite's own, or this kind of machine's: programs by name, with the reason. */
export const KNOWN: Readonly<Record<string, string>> = {};
