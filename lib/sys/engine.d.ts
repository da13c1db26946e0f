/** What ffi.c gives to TypeScript. Only ffi.ts imports it. */
declare module "runt:ffi" {
  /** Memory that C may read or write while the value is alive. Of a DataView, pass the buffer. */
  export type Bytes =
    | ArrayBuffer
    | Uint8Array
    | Uint16Array
    | Uint32Array
    | Int8Array
    | Int16Array
    | Int32Array
    | BigInt64Array
    | BigUint64Array;
  /** A register's worth: an integer, the address of a string's UTF-8 with a NUL after it, of the first of some bytes, or 0. */
  export type Word = number | bigint | string | Bytes | null | undefined;
  /** A raw system call: its result, -errno on failure. */
  export function syscall(number: number, ...args: Word[]): number;
  /** Calls a linked C function by name with all its arguments: its result. Throws TypeError for an unknown name. */
  export function call(symbol: string, ...args: Word[]): number;
  /** The address of the first of some bytes; good while they are alive. */
  export function address(bytes: Bytes): number;
  /** vfork, then execveat(fd, "", argv, envp, AT_EMPTY_PATH): the child's pid, or -errno (of the fork or of the exec). */
  export function spawn(fd: number, argv: readonly string[], envp: readonly string[]): number;
  /** UTF-8 of a string, NULs and all. */
  export function encode(text: string): Uint8Array;
  /** The string of UTF-8 bytes: of all, or of `length` from `offset`. What is no UTF-8 becomes U+FFFD. */
  export function decode(bytes: Bytes, offset?: number, length?: number): string;
  export const argv: readonly string[];
  /** The value of a variable of the process's own environment. */
  export function getenv(name: string): string | undefined;
  /** That environment, `NAME=value`. */
  export function environ(): string[];
}
