/** npm's debug without the half of it that is made for Node or for browsers: which namespaces, how much time has passed. */
import setup from "debug/src/common.js";

/**
 * Answers what prints a message when its namespace is among `names`.
 * @param names as the variable DEBUG has them: `runt:*`, `runt:cli,-runt:sys`
 */
export function debugPrinter(
  names: string,
  print: (line: string) => void,
): (namespace: string, message: string) => void {
  const debug = setup({
    load: () => names,
    save() {},
    useColors: () => false,
    colors: [0],
    formatArgs(args) {
      args[0] = `${this.namespace} ${args[0]} +${debug.humanize(this.diff)}\n`;
    },
    log: print,
  });
  const debuggers = new Map<string, (message: string) => void>();
  return (namespace, message) => {
    const write = debuggers.get(namespace) ?? debug(`runt:${namespace}`);
    debuggers.set(namespace, write);
    write(message);
  };
}
