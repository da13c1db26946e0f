/**
 * Errors, on standard error as plain text and in the log in the form that engines parse. Podman takes the whole log for one
 * JSON object: unless the user asked for more, a failing command writes one line and nothing besides.
 */
import { describe } from "../base/errors.ts";
import type { GlobalArguments } from "./arguments.ts";
import type { Level, ServiceMessage, ServiceName } from "./log-services.ts";

const LEVELS: Readonly<Record<Level, number>> = { error: 0, warning: 1, debug: 2 };

/** Where a log is kept. */
export type Target =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: ServiceName; readonly identifier: string };

/** How the user wants to be told. */
export interface LogSettings {
  /** Undefined: standard error takes its place. */
  readonly target: Target | undefined;
  readonly format: "text" | "json";
  /** The last level that is told. */
  readonly level: Level;
}

/** What a log needs of the world. */
export interface LogOutput {
  /** Appends to a file, which is made if need be. May throw. */
  append(file: string, text: string): void;
  /** Sends a message to a service. May throw. */
  send(service: ServiceName, message: Omit<ServiceMessage, "pid">): void;
  standardError(text: string): void;
  now(): Date;
}

export interface Log {
  error(message: string): void;
  warning(message: string): void;
  debug(message: string): void;
}

/** The settings that the global options ask for. */
export function logSettings({ log, debug, "log-format": format, "log-level": level }: GlobalArguments): LogSettings {
  return {
    target: log ? targetOf(log) : undefined,
    format,
    level: debug ? "debug" : (level ?? (log ? "error" : "warning")),
  };
}

/** `file:PATH`, or just the path; `journald:IDENTIFIER` and `syslog:IDENTIFIER`. */
function targetOf(log: string): Target {
  const [, kind, rest = ""] = /^(file|journald|syslog):(.*)$/s.exec(log) ?? [];
  if (kind === undefined) return { kind: "file", path: log };
  return kind === "file" ? { kind, path: rest } : { kind: kind as ServiceName, identifier: rest || "runt" };
}

/** A log that opens its file when there is something to write, since most commands have nothing to tell. */
export function makeLog({ target, format, level: last }: LogSettings, output: LogOutput): Log {
  const tell = (level: Level, message: string): void => {
    if (LEVELS[level] > LEVELS[last]) return;
    const date = output.now();
    try {
      if (target?.kind === "file") output.append(target.path, logLine(format, level, message, date));
      else if (target) output.send(target.kind, { identifier: target.identifier, level, message, date });
    } catch (error) {
      output.standardError(`write the log: ${describe(error)}\n`);
    }
    if (target === undefined && format === "json") output.standardError(logLine(format, level, message, date));
    else if (level === "error") output.standardError(`${message}\n`);
    else if (target === undefined) output.standardError(`${level}: ${message}\n`);
  };
  return {
    error: (message) => tell("error", message),
    warning: (message) => tell("warning", message),
    debug: (message) => tell("debug", message),
  };
}

/** One line of the log: a JSON object, or logfmt. */
function logLine(format: "text" | "json", level: Level, message: string, date: Date): string {
  const time = date.toISOString();
  if (format === "json") return `${JSON.stringify({ level, msg: message, time })}\n`;
  return `time="${time}" level=${level} msg=${JSON.stringify(message)}\n`;
}
