import { test } from "tap";
import type { GlobalArguments } from "../../lib/cli/arguments.ts";
import { type LogSettings, logSettings, makeLog } from "../../lib/cli/log.ts";
import { parse } from "../../lib/cli/parse.ts";

const FILE = { kind: "file", path: "/l" } as const;
const NOW = "2026-01-02T03:04:05.678Z";

/** What an error, a warning and a debug message leave in the log and on standard error. */
function told(
  settings: Partial<LogSettings>,
  message = "it failed",
): { files: Record<string, string>; standardError: string } {
  const files: Record<string, string> = {};
  let standardError = "";
  const log = makeLog(
    { target: undefined, format: "text", level: "error", ...settings },
    {
      append(file, text) {
        files[file] = (files[file] ?? "") + text;
      },
      send(service, { date: _, ...message }) {
        files[service] = `${files[service] ?? ""}${JSON.stringify(message)}\n`;
      },
      standardError(text) {
        standardError += text;
      },
      now: () => new Date(NOW),
    },
  );
  log.debug("a detail");
  log.warning("beware");
  log.error(message);
  return { files, standardError };
}

const JSON_ERROR = `{"level":"error","msg":"it failed","time":"${NOW}"}\n`;
const JSON_WARNING = `{"level":"warning","msg":"beware","time":"${NOW}"}\n`;
const JSON_DEBUG = `{"level":"debug","msg":"a detail","time":"${NOW}"}\n`;
const TEXT_ERROR = `time="${NOW}" level=error msg="it failed"\n`;
const TEXT_DEBUG = `time="${NOW}" level=debug msg="a detail"\ntime="${NOW}" level=warning msg="beware"\n`;

const CASES: readonly [name: string, settings: Partial<LogSettings>, log: string | undefined, standardError: string][] =
  [
    ["no log", {}, undefined, "it failed\n"],
    ["no log, warnings", { level: "warning" }, undefined, "warning: beware\nit failed\n"],
    ["no log, debug", { level: "debug" }, undefined, "debug: a detail\nwarning: beware\nit failed\n"],
    ["no log, JSON", { format: "json" }, undefined, JSON_ERROR],
    ["no log, JSON, warnings", { format: "json", level: "warning" }, undefined, JSON_WARNING + JSON_ERROR],
    ["log, JSON", { target: FILE, format: "json" }, JSON_ERROR, "it failed\n"],
    [
      "log, JSON, debug",
      { target: FILE, format: "json", level: "debug" },
      JSON_DEBUG + JSON_WARNING + JSON_ERROR,
      "it failed\n",
    ],
    ["log, text", { target: FILE }, TEXT_ERROR, "it failed\n"],
    ["log, text, debug", { target: FILE, level: "debug" }, TEXT_DEBUG + TEXT_ERROR, "it failed\n"],
  ];

for (const [name, settings, log, standardError] of CASES) {
  test(`makeLog() with ${name}`, (t) => {
    const { files, standardError: printed } = told(settings);
    t.same(files, log === undefined ? {} : { "/l": log });
    t.equal(printed, standardError);
    t.end();
  });
}

test("a service gets the message as it is, whatever the format", (t) => {
  for (const format of ["text", "json"] as const) {
    const { files, standardError } = told({ target: { kind: "journald", identifier: "me" }, format, level: "warning" });
    const line = (level: string, message: string) => `${JSON.stringify({ identifier: "me", level, message })}\n`;
    t.same(files, { journald: line("warning", "beware") + line("error", "it failed") });
    t.equal(standardError, "it failed\n");
  }
  t.end();
});

test("an error of several lines is one JSON object, and stays several lines on standard error", (t) => {
  const message = 'config.json:\n  "a"\tis \\ wrong\n  é\u0000';
  const { files, standardError } = told({ target: FILE, format: "json" }, message);
  t.equal(files["/l"]?.indexOf("\n"), files["/l"]?.length && files["/l"].length - 1);
  t.same(JSON.parse(files["/l"] ?? ""), { level: "error", msg: message, time: NOW });
  t.equal(standardError, `${message}\n`);
  t.match(told({ target: FILE }, message).files["/l"], /^.*\n$/, "one line of text, too");
  t.end();
});

test("an error is told though the log can't be written", (t) => {
  let standardError = "";
  const log = makeLog(
    { target: FILE, format: "json", level: "error" },
    {
      append() {
        throw new Error("no space");
      },
      send() {},
      standardError(text) {
        standardError += text;
      },
      now: () => new Date(NOW),
    },
  );
  log.error("it failed");
  t.match(standardError, /write the log: .*no space\nit failed\n/);
  t.end();
});

test("a log that has nothing to tell touches nothing", (t) => {
  const fail = () => t.fail("touched");
  const log = makeLog(
    { target: FILE, format: "json", level: "error" },
    { append: fail, send: fail, standardError: fail, now: () => new Date() },
  );
  log.warning("beware");
  log.debug("a detail");
  t.end();
});

const SETTINGS: readonly [line: string, settings: LogSettings][] = [
  ["", { target: undefined, format: "text", level: "warning" }],
  ["--log /l", { target: FILE, format: "text", level: "error" }],
  ["--log file:/l --log-format json", { target: FILE, format: "json", level: "error" }],
  ["--log journald:me", { target: { kind: "journald", identifier: "me" }, format: "text", level: "error" }],
  [
    "--log syslog: --log-level warning",
    { target: { kind: "syslog", identifier: "runt" }, format: "text", level: "warning" },
  ],
  ["--log journal", { target: { kind: "file", path: "journal" }, format: "text", level: "error" }],
  ["--log /l --log-level warning", { target: FILE, format: "text", level: "warning" }],
  ["--log-level error", { target: undefined, format: "text", level: "error" }],
  ["--debug --log-level error --log /l", { target: FILE, format: "text", level: "debug" }],
];

for (const [line, settings] of SETTINGS) {
  test(`logSettings() of ${JSON.stringify(line)}`, (t) => {
    const globals: GlobalArguments = parse(line.split(" ").filter((word) => word !== "")).globals;
    t.same(logSettings(globals), settings);
    t.end();
  });
}
