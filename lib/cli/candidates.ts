/** What may come next on a command line that is not finished: what the Tab key offers. */
import { SIGNALS } from "../linux/signals.ts";
import { COMMANDS, type Command, type CommandName, GLOBAL_OPTIONS, type Option } from "./arguments.ts";
import { lookUp } from "./parse.ts";

type Options = Readonly<Record<string, Option>>;

/** As far as the line is written. */
interface Line {
  readonly command: CommandName | undefined;
  /** Understood from here on. */
  readonly options: Options;
  /** How many arguments of the command there are. */
  readonly positionals: number;
  /** What follows is another program's. */
  readonly rest: boolean;
  /** The option whose value comes next. */
  readonly pending: Option | undefined;
}

/**
 * The words that can stand in place of the last one; none where the shell should offer files.
 * @param words the line without the program's name; the last one is what the user has begun, perhaps ""
 * @param containers the ids of those that exist, asked for when one is to be named
 */
export function candidates(words: readonly string[], containers: () => readonly string[]): string[] {
  const begun = words.at(-1) ?? "";
  // bash takes `--format=json` for three words.
  const line = read(words.slice(0, -1).filter((word) => word !== "="));
  if (line.rest) return [];
  const [, flag, value] = /^--([^=]+)=(.*)$/.exec(begun) ?? [];
  if (flag !== undefined) {
    const option = lookUp(line.options, flag)?.option;
    return offer(value ?? "", choicesOf(option)).map((choice) => `--${flag}=${choice}`);
  }
  const word = begun === "=" ? "" : begun;
  if (line.pending !== undefined) return offer(word, choicesOf(line.pending));
  if (word.startsWith("-")) return offer(word, flags(line.options));
  if (line.command === undefined) return offer(word, Object.keys(COMMANDS));
  return offer(word, positionalWords(COMMANDS[line.command], line.positionals, containers));
}

function read(words: readonly string[]): Line {
  let command: CommandName | undefined;
  let options: Options = GLOBAL_OPTIONS;
  let positionals = 0;
  let pending: Option | undefined;
  const inRest = (): boolean => {
    const all: Command["positionals"] = command === undefined ? {} : COMMANDS[command].positionals;
    return Object.values(all)[positionals]?.rest ?? false;
  };
  for (const word of words) {
    if (inRest()) break;
    if (pending !== undefined) {
      pending = undefined;
    } else if (word.startsWith("-")) {
      const option = lookUp(options, word.replace(/^--?/, ""))?.option;
      if (option !== undefined && option.type !== "boolean" && option.type !== "refused") pending = option;
    } else if (command !== undefined) {
      positionals++;
    } else if (Object.hasOwn(COMMANDS, word)) {
      command = word as CommandName;
      options = { ...GLOBAL_OPTIONS, ...COMMANDS[command].options };
    }
  }
  return { command, options, positionals, rest: inRest(), pending };
}

function offer(begun: string, words: readonly string[]): string[] {
  return words.filter((word) => word.startsWith(begun));
}

function choicesOf(option: Option | undefined): readonly string[] {
  return (option?.type === "string" && option.choices) || [];
}

function flags(options: Options): string[] {
  return Object.keys(options)
    .filter((name) => options[name]?.type !== "refused")
    .map((name) => `--${name}`);
}

function positionalWords(
  { positionals }: Command,
  index: number,
  containers: () => readonly string[],
): readonly string[] {
  const [name, positional] = Object.entries(positionals)[index] ?? [];
  if (positional?.existing) return containers();
  if (name === "command") return Object.keys(COMMANDS);
  if (name === "signal") return Object.keys(SIGNALS).map((signal) => signal.slice("SIG".length));
  return positional?.choices ?? [];
}
