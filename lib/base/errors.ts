/** What a user reads when something fails: the actions under way, outermost first, then the cause, joined by `: `. */

/** An error meant for the user: `message` is one clause, lower case, no full stop; `cause` is the clause after it. */
export class RuntimeError extends Error {
  override readonly name: string = "RuntimeError";
}

/** A command line that cannot be understood; the command's usage answers it. */
export class UsageError extends RuntimeError {
  override readonly name = "UsageError";
}

/** A failure for which the command answers another exit status than 1. */
export class StatusError extends RuntimeError {
  override readonly name = "StatusError";
  readonly status: number;

  constructor(message: string, status: number, options: { readonly cause: unknown }) {
    super(message, options);
    this.status = status;
  }
}

/** A signal told the command to stop what it was doing. */
export class InterruptedError extends RuntimeError {
  override readonly name = "InterruptedError";
  readonly signal: number;

  /** @param name of the signal: `SIGINT` */
  constructor(signal: number, name: string) {
    super(`interrupted by ${name}`);
    this.signal = signal;
  }
}

/** A system call the kernel refused, printed as strace prints it, with the errno in words that engines look for. */
export class SyscallError extends RuntimeError {
  override readonly name = "SyscallError";
  readonly errno: number;

  /**
   * @param text the call with its arguments, as strace prints it: `mkdir("/x", 0755)`
   * @param errno the positive errno
   * @param reason its name and text: `EPERM: operation not permitted`
   */
  constructor(text: string, errno: number, reason: string) {
    super(`${text}: ${reason}`);
    this.errno = errno;
  }
}

/**
 * Runs `action`; an error that escapes it is told as what went wrong while `doing`.
 * @throws RuntimeError whose cause is the error thrown by `action`
 */
export function during<T>(doing: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new RuntimeError(doing, { cause: error });
  }
}

/** The whole chain of an error as one line: `create "c1": mount "/proc": mount(…): EPERM: operation not permitted`. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // An error that is not ours is a defect of runt: its class and place help whoever reports it.
  const own = error instanceof RuntimeError ? error.message : `internal error: ${error.name}: ${error.message}`;
  return error.cause === undefined ? own : `${own}: ${describe(error.cause)}`;
}

/** The signal at the root of an error's chain, or undefined when none interrupted the command. */
export function interruptionOf(error: unknown): number | undefined {
  if (error instanceof InterruptedError) return error.signal;
  return error instanceof Error ? interruptionOf(error.cause) : undefined;
}

/** The errno at the root of an error's chain, or undefined when no system call failed. */
export function errnoOf(error: unknown): number | undefined {
  if (error instanceof SyscallError) return error.errno;
  return error instanceof Error && error.cause !== undefined ? errnoOf(error.cause) : undefined;
}
