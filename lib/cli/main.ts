/** The command line's way in and out: arguments to a command, its result to an exit status, its errors to the log. */
import { debug, listen } from "../base/debug.ts";
import { describe, StatusError, UsageError } from "../base/errors.ts";

import { isRootless } from "../cgroup/rootless.ts";
import { isDirectory } from "../container/host-files.ts";

import { SOCK } from "../linux/socket.ts";
import { argv, encode, variable } from "../sys/ffi.ts";
import { close, cwd, write } from "../sys/file.ts";

import { appendFile } from "../sys/new-file.ts";
import { geteuid, getpid } from "../sys/process.ts";
import { connect } from "../sys/socket.ts";
import type { Arguments, Call, CommandName, GlobalArguments, Globals } from "./arguments.ts";
import { answer, run as completion } from "./commands/completion.ts";
import { run as create } from "./commands/create.ts";
import { run as deleteContainer } from "./commands/delete.ts";
import { run as events } from "./commands/events.ts";
import { run as exec } from "./commands/exec.ts";
import { run as features } from "./commands/features.ts";
import { run as help, usage } from "./commands/help.ts";
import { run as kill } from "./commands/kill.ts";
import { run as list } from "./commands/list.ts";
import { run as pause } from "./commands/pause.ts";
import { run as ps } from "./commands/ps.ts";
import { run as resume } from "./commands/resume.ts";
import { run } from "./commands/run.ts";
import { run as spec } from "./commands/spec.ts";
import { run as start } from "./commands/start.ts";
import { run as state } from "./commands/state.ts";
import { run as update } from "./commands/update.ts";
import { run as version } from "./commands/version.ts";
import { debugPrinter } from "./debug.ts";
import { type Log, type LogOutput, logSettings, makeLog } from "./log.ts";
import { SERVICES } from "./log-services.ts";
import { parse } from "./parse.ts";
import { stateRoot } from "./surroundings.ts";

/** Each command is a file that exports `run`: it does what the command is for, and answers the exit status. */
const RUN: {
  readonly [Name in CommandName]: (args: Arguments<Name>, globals: Globals) => number;
} = {
  create,
  start,
  state,
  kill,
  delete: deleteContainer,
  run,
  exec,
  list,
  pause,
  resume,
  ps,
  events,
  update,
  spec,
  features,
  completion,
  help,
  version,
};

const STANDARD_ERROR = 2;

/** Where a relative path of a log begins. */
let directory = "";

const OUTPUT: LogOutput = {
  // A command may have entered its bundle since it was called.
  append: (path, text) => appendFile(path.startsWith("/") ? path : `${directory}/${path}`, text),
  standardError(text) {
    try {
      write(STANDARD_ERROR, text);
    } catch {
      // It is closed, and the exit status says the rest.
    }
  },
  send(name, message) {
    const { socket, datagram } = SERVICES[name];
    const bytes = datagram({ ...message, pid: getpid() }, encode);
    const fd = connect(socket, SOCK.DGRAM);
    write(fd, bytes);
    close(fd);
  },
  now: () => new Date(),
};

/** The whole of the program: does what the command line says. @returns the exit status; errors have been told then */
export function main(): number {
  const words = argv.slice(1);
  // The scripts that `completion` prints ask in this way.
  if (words[0] === "--get-yargs-completions") return answer(words.slice(1), rootOf);
  const invocation = parse(words);
  const { globals } = invocation;
  if (globals.log?.startsWith("/") === false) directory = cwd();
  const log = makeLog(logSettings(globals), OUTPUT);
  hearDebug(globals, log);
  try {
    if ("problem" in invocation) throw invocation.problem;
    return perform(invocation.call, { ...globals, root: rootOf(globals.root), warn: log.warning });
  } catch (error) {
    log.error(describe(error));
    if (error instanceof UsageError) OUTPUT.standardError(usage(invocation.command));
    return error instanceof StatusError ? error.status : 1;
  }
}

function perform<Name extends CommandName>(call: Call<Name>, globals: Globals): number {
  debug("cli", () => JSON.stringify(call));
  return RUN[call.command](call.args, globals);
}

function rootOf(given: string | undefined): string {
  return stateRoot(given, { variable, uid: geteuid, rootless: isRootless, isDirectory, directory: cwd });
}

/** Lets debug messages be heard where the user asked for them: in the log by --debug, on standard error by `DEBUG=runt:*`. */
function hearDebug({ debug: asked, "log-level": level }: GlobalArguments, log: Log): void {
  const names = variable("DEBUG");
  const print = names === undefined ? undefined : debugPrinter(names, OUTPUT.standardError);
  const inLog = asked || level === "debug";
  if (print === undefined && !inLog) return;
  listen((namespace, message) => {
    print?.(namespace, message);
    if (inLog) log.debug(`${namespace}: ${message}`);
  });
}
