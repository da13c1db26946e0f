/** From argv to a command with its arguments, in the manner of the Go programs that engines are used to. */
import { UsageError } from "../base/errors.ts";
import type { Call, Command, CommandName, GlobalArguments, Option } from "./arguments.ts";
import { COMMANDS, GLOBAL_OPTIONS } from "./arguments.ts";
import { nearest } from "./nearest.ts";

/** A command line as far as it was understood: what to do, or what is wrong with it and with which command. */
export type Invocation = {
  readonly globals: GlobalArguments;
  readonly command: CommandName | undefined;
} & ({ readonly call: Call } | { readonly problem: UsageError });

type Values = Record<string, string | number | boolean | readonly string[] | undefined>;
type Options = Readonly<Record<string, Option>>;

/** Options that are understood at some place of the command line, and where their values go. */
interface Scope {
  readonly options: Options;
  readonly values: Values;
}

interface Found {
  readonly name: string;
  readonly option: Option;
  readonly values: Values;
}

/** The next argument, undefined at the end. */
type Next = () => string | undefined;

/**
 * Reads the arguments of runt, without its own name. An option is `--name`, `-name` or `-x`; its value is the next argument
 * or follows after `=` (or directly after `-x`); `-xy` is `-x -y`. Options and other arguments mix; after `--` all are
 * arguments, and so is a negative number anywhere; what follows a container's name in a command that takes another program's
 * command line is all that program's. `--help` and `--version` win over all that comes after them.
 *
 * Nothing is thrown: a problem comes with the global options read so far, since they say where it is to be logged.
 */
export function parse(argv: readonly string[]): Invocation {
  // What is read has the types that the table derives: `defaults` and `setValue` go by the same rows.
  const globals = { ...GLOBAL_DEFAULTS } as Values & GlobalArguments;
  const scopes: Scope[] = [{ options: GLOBAL_OPTIONS, values: globals }];
  const words: string[] = [];
  let command: CommandName | undefined;
  let optionsEnded = false;
  let at = 0;
  const next: Next = () => argv[at++];

  const invocation = (name: CommandName, args: Values): Invocation => {
    return { globals, command: name, call: { command: name, args } as Call };
  };
  try {
    for (let word = next(); word !== undefined; word = next()) {
      if (optionsEnded || !/^-[^0-9]/.test(word)) {
        if (command === undefined) {
          command = commandNamed(word);
          const { options } = COMMANDS[command];
          scopes.unshift({ options, values: { ...DEFAULTS.get(command) } });
        } else words.push(word);
        if (takesRest(command, words.length)) {
          optionsEnded = true;
          // What other tools want between the name and the command line.
          if (argv[at] === "--") at++;
        }
      } else if (word === "--") {
        optionsEnded = true;
      } else {
        readOption(word, scopes, next);
        if (globals.help) return invocation("help", { command });
        if (globals.version) return invocation("version", {});
      }
    }
    if (command === undefined) return invocation("help", { command });
    return invocation(command, { ...namePositionals(command, words), ...scopes[0]?.values });
  } catch (problem) {
    if (!(problem instanceof UsageError)) throw problem;
    return { globals, command, problem };
  }
}

/** Whether there is a command of that name. @throws UsageError when not, with the one that may be meant */
export function commandNamed(name: string): CommandName {
  if (Object.hasOwn(COMMANDS, name)) return name as CommandName;
  const meant = nearest(name, Object.keys(COMMANDS));
  throw new UsageError(
    `unknown command ${JSON.stringify(name)}${meant === undefined ? "" : ` (did you mean ${meant}?)`}`,
  );
}

/** Whether what follows `count` arguments of the command is another program's. */
function takesRest(command: CommandName, count: number): boolean {
  const { positionals }: Command = COMMANDS[command];
  return Object.values(positionals)[count]?.rest === true;
}

const GLOBAL_DEFAULTS = defaults(GLOBAL_OPTIONS);
const DEFAULTS = new Map(Object.entries(COMMANDS).map(([name, { options }]) => [name, defaults(options)]));

/** The values of options that are not given. */
function defaults(options: Options): Values {
  const values: Values = {};
  for (const name in options) {
    const option = options[name] as Option;
    if (option.type === "boolean") values[name] = false;
    else if (option.type === "array") values[name] = [];
    else if (option.type !== "refused") values[name] = option.default;
  }
  return values;
}

/** The option of that name or one-letter alias, with its name. */
export function lookUp(options: Options, name: string): { readonly name: string; readonly option: Option } | undefined {
  if (Object.hasOwn(options, name)) return { name, option: options[name] as Option };
  if (name.length !== 1) return undefined;
  for (const long in options) {
    const option = options[long] as Option;
    if (option.type !== "refused" && option.alias === name) return { name: long, option };
  }
  return undefined;
}

/** The option in the first scope that has it. */
function find(scopes: readonly Scope[], name: string): Found | undefined {
  for (const { options, values } of scopes) {
    const found = lookUp(options, name);
    if (found !== undefined) return { ...found, values };
  }
  return undefined;
}

/** Sets the options that `word` names, with what they take of the arguments after it. @throws UsageError */
function readOption(word: string, scopes: readonly Scope[], next: Next): void {
  const equals = word.indexOf("=");
  const name = word.slice(word[1] === "-" ? 2 : 1, equals < 0 ? word.length : equals);
  const found = find(scopes, name);
  if (found !== undefined) {
    setValue(found, equals < 0 ? undefined : word.slice(equals + 1), next);
    return;
  }
  const letters = word[1] === "-" ? [] : readLetters(word, scopes);
  if (letters.length === 0) throw undefinedFlag(name, scopes);
  for (const [letter, attached] of letters) setValue(letter, attached, next);
}

/** `-xyVALUE` as options with the value attached to each; none unless all of it is understood. */
function readLetters(word: string, scopes: readonly Scope[]): [Found, string | undefined][] {
  const letters: [Found, string | undefined][] = [];
  for (let at = 1; at < word.length; at++) {
    const letter = find(scopes, word[at] as string);
    if (letter === undefined) return [];
    const rest = word.slice(at + 1);
    if (rest !== "" && (letter.option.type !== "boolean" || rest.startsWith("="))) {
      letters.push([letter, rest.startsWith("=") ? rest.slice(1) : rest]);
      break;
    }
    letters.push([letter, undefined]);
  }
  return letters;
}

function undefinedFlag(name: string, scopes: readonly Scope[]): UsageError {
  const meant = nearest(
    name,
    scopes.flatMap(({ options }) => Object.keys(options)),
  );
  return new UsageError(
    `flag provided but not defined: --${name}${meant === undefined ? "" : ` (did you mean --${meant}?)`}`,
  );
}

const TRUTH: Readonly<Record<string, boolean>> = { true: true, false: false, 1: true, 0: false };

/** Gives an option the value `attached` to it, or, unless it is a boolean, the next argument. @throws UsageError */
function setValue({ name, option, values }: Found, attached: string | undefined, next: Next): void {
  if (option.type === "refused") throw new UsageError(`--${name} is not supported: ${option.reason}`);
  const text = attached ?? (option.type === "boolean" ? "true" : next());
  // Podman probes for an option by leaving its value out, and looks for these words.
  if (text === undefined) throw new UsageError(`flag needs an argument: --${name}`);
  if (option.type === "boolean") {
    if (!Object.hasOwn(TRUTH, text)) throw invalid(text, `flag --${name}`, "true or false");
    values[name] = TRUTH[text];
  } else if (option.type === "number") {
    if (!/^[0-9]{1,9}$/.test(text)) throw invalid(text, `flag --${name}`, "a whole number");
    values[name] = Number(text);
  } else if (option.type === "array") {
    values[name] = [...(values[name] as readonly string[]), text];
  } else {
    checkChoice(text, `flag --${name}`, option.choices);
    values[name] = text;
  }
}

/** The arguments that are no options under their names in the table. @throws UsageError for too few or too many */
function namePositionals(name: CommandName, words: readonly string[]): Values {
  const { positionals }: Command = COMMANDS[name];
  const names = Object.keys(positionals);
  const least = names.filter((positional) => positionals[positional]?.required).length;
  const last = names.at(-1);
  const most = last !== undefined && positionals[last]?.rest ? Number.POSITIVE_INFINITY : names.length;
  if (words.length < least || words.length > most) {
    const number =
      most === Number.POSITIVE_INFINITY
        ? `at least ${least}`
        : least === names.length
          ? `exactly ${least}`
          : `${least} to ${names.length}`;
    throw new UsageError(`${JSON.stringify(name)} requires ${number} argument(s), given are ${words.length}`);
  }
  const values: Values = {};
  for (const [index, positional] of names.entries()) {
    if (positionals[positional]?.rest) {
      values[positional] = words.slice(index);
      continue;
    }
    const word = words[index];
    if (word !== undefined) checkChoice(word, `<${positional}>`, positionals[positional]?.choices);
    values[positional] = word;
  }
  return values;
}

function checkChoice(text: string, of: string, choices: readonly string[] | undefined): void {
  if (choices !== undefined && !choices.includes(text)) throw invalid(text, of, choices.join(", "));
}

function invalid(text: string, of: string, right: string): UsageError {
  return new UsageError(`invalid value ${JSON.stringify(text)} for ${of}: it takes ${right}`);
}
