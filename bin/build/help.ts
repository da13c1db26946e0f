/** What yargs makes of the table of commands while runt is built: help and completion scripts, embedded as text. */
import type { Plugin } from "esbuild";
import yargs, { type Argv, type Options } from "yargs";
import { COMMANDS, type Command, type CommandName, GLOBAL_OPTIONS, type Option } from "../../lib/cli/arguments.ts";
import { DESCRIPTIONS, type Description, GLOBAL_DESCRIPTIONS } from "../../lib/cli/descriptions.ts";

const NAMES = Object.keys(COMMANDS) as CommandName[];
const SHELLS = COMMANDS.completion.positionals.shell.choices;
type Shell = (typeof SHELLS)[number];

/** The width of a terminal that nobody made wider. */
const WIDTH = 80;

/** A yargs that knows nothing yet: its own options are rows of the table like all others. */
function blank(): Argv {
  return yargs([]).scriptName("runt").locale("en").wrap(WIDTH).help(false).version(false).exitProcess(false);
}

function add(
  parser: Argv,
  options: Readonly<Record<string, Option>>,
  sentences: Readonly<Record<string, string>>,
): void {
  for (const [name, option] of Object.entries(options)) {
    if (option.type === "refused") continue;
    parser.option(name, { ...(option as Options), describe: sentences[name] ?? "" });
  }
}

/** What stands behind `runt create`: `[options] <container-id>`. */
function synopsis({ positionals }: Command): string {
  const words = Object.entries(positionals).map(([name, { required, rest }]) => {
    const word = rest ? `${name}...` : name;
    return required ? ` <${word}>` : ` [${word}]`;
  });
  return `[options]${words.join("")}`;
}

/** The help of runt, or of one command. */
export async function helpText(name?: CommandName): Promise<string> {
  const parser = blank();
  if (name === undefined) {
    parser.usage("runt [global options] <command>\n\nRuns containers as the Open Container Initiative specifies them.");
    for (const command of NAMES) parser.command(command, DESCRIPTIONS[command].does);
    add(parser, GLOBAL_OPTIONS, GLOBAL_DESCRIPTIONS);
    parser.epilogue('"runt help <command>" tells more about a command.');
  } else {
    const { does, positionals, options }: Description<CommandName> = DESCRIPTIONS[name];
    const command: Command = COMMANDS[name];
    parser.usage(`runt [global options] ${name} ${synopsis(command)}\n\n${does}.`);
    for (const [word, positional] of Object.entries(command.positionals)) {
      const describe = (positionals as Record<string, string>)[word] ?? "";
      parser.positional(word, { type: "string", describe, ...(positional.choices && { choices: positional.choices }) });
    }
    add(parser, { ...command.options, help: GLOBAL_OPTIONS.help }, { ...options, help: GLOBAL_DESCRIPTIONS.help });
  }
  return `${await parser.getHelp()}\n`;
}

/**
 * The script by which `shell` asks `runt --get-yargs-completions` what may come next. yargs takes the shell from the
 * environment and prints to the console, so both are exchanged meanwhile.
 */
export function completionScript(shell: Shell): string {
  const { log } = console;
  const { SHELL = "" } = process.env;
  let script = "";
  console.log = (text: string) => {
    script += text;
  };
  process.env.SHELL = shell;
  try {
    blank().completion(`completion ${shell}`).showCompletionScript();
    return script;
  } finally {
    console.log = log;
    process.env.SHELL = SHELL;
  }
}

/** Serves the module "runt:help" to the bundle; lib/cli/help.d.ts says what is in it. */
export const help: Plugin = {
  name: "help",
  setup(build) {
    build.onResolve({ filter: /^runt:help$/ }, ({ path }) => ({ path, namespace: "help" }));
    build.onLoad({ filter: /.*/, namespace: "help" }, async () => {
      const commands = await Promise.all(NAMES.map(async (name) => [name, await helpText(name)]));
      const HELP = { "": await helpText(), ...Object.fromEntries(commands) };
      const COMPLETION = Object.fromEntries(SHELLS.map((shell) => [shell, completionScript(shell)]));
      return { contents: JSON.stringify({ HELP, COMPLETION }), loader: "json" };
    });
  },
};
