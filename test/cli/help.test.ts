import { test } from "tap";
import { completionScript, helpText } from "../../bin/build/help.ts";
import { COMMANDS, type Command, type CommandName, GLOBAL_OPTIONS, type Option } from "../../lib/cli/arguments.ts";
import { DESCRIPTIONS, GLOBAL_DESCRIPTIONS } from "../../lib/cli/descriptions.ts";

const NAMES = Object.keys(COMMANDS) as CommandName[];

/** The text without its line breaks and columns, so that sentences can be found. */
function flat(text: string): string {
  return text.replace(/\s+/g, " ");
}

/** What the help must say of an option, as one line; nothing of one that is refused. */
function entry(name: string, option: Option, sentence: string): string | undefined {
  if (option.type === "refused") return undefined;
  const choices =
    option.type === "string" && option.choices
      ? ` [choices: ${option.choices.map((each) => `"${each}"`).join(", ")}]`
      : "";
  const preset =
    option.type !== "boolean" && option.type !== "array" && option.default !== undefined
      ? ` [default: ${JSON.stringify(option.default)}]`
      : "";
  return `${option.alias ? `-${option.alias}, ` : ""}--${name} ${sentence} [${option.type}]${choices}${preset}`;
}

for (const name of NAMES) {
  const { positionals, options }: Command = COMMANDS[name];
  const description = DESCRIPTIONS[name];

  test(`the help of ${name} has every row of the table`, async (t) => {
    const text = await helpText(name);
    const words = Object.entries(positionals).map(([word, { required, rest }]) => {
      const shown = rest ? `${word}...` : word;
      return required ? ` <${shown}>` : ` [${shown}]`;
    });
    t.equal(text.split("\n")[0], `runt [global options] ${name} [options]${words.join("")}`);
    t.match(flat(text), description.does);
    for (const word of Object.keys(positionals)) {
      t.match(flat(text), ` ${word} ${(description.positionals as Record<string, string>)[word]} [string]`);
    }
    for (const [option, row] of Object.entries(options)) {
      const line = entry(option, row, (description.options as Record<string, string>)[option] ?? "");
      if (line !== undefined) t.match(flat(text), ` ${line} `);
      else t.notMatch(text, `--${option}`);
    }
    t.match(text, "-h, --help");
  });
}

test("the help of runt has every command and every global option", async (t) => {
  const text = flat(await helpText());
  for (const name of NAMES) t.match(text, ` runt ${name} ${DESCRIPTIONS[name].does} `);
  for (const [name, option] of Object.entries(GLOBAL_OPTIONS)) {
    const line = entry(name, option, (GLOBAL_DESCRIPTIONS as Record<string, string>)[name] ?? "");
    if (line !== undefined) t.match(text, ` ${line} `);
    else t.notMatch(text, `--${name}`);
  }
});

test("help fits a terminal of 80 columns", async (t) => {
  for (const name of [undefined, ...NAMES]) {
    for (const line of (await helpText(name)).split("\n")) t.ok(line.length <= 80, line);
  }
});

test("the same text comes out whatever the builder's language and shell are", async (t) => {
  const before = { ...process.env };
  t.teardown(() => Object.assign(process.env, before));
  const [help, bash, zsh] = [await helpText("create"), completionScript("bash"), completionScript("zsh")];
  Object.assign(process.env, { LANG: "de_DE.UTF-8", LC_ALL: "de_DE.UTF-8", SHELL: "/bin/fish", COLUMNS: "200" });
  t.equal(await helpText("create"), help);
  t.equal(completionScript("bash"), bash);
  t.equal(completionScript("zsh"), zsh);
  t.equal(process.env.SHELL, "/bin/fish", "the environment stays as it was");
  t.match(bash, "complete -o bashdefault");
  t.match(zsh, /^#compdef runt\n/);
});
