/** System calls printed as strace(1) does: flags by name, structures field by field. */
import { CALLS, REQUESTS } from "./calls.ts";
import { major, minor } from "./dev.ts";
import { AT } from "./fcntl.ts";
import { flagsText, isFlagsFamily, isNamesFamily, nameText } from "./flags.ts";
import { RLIM_INFINITY } from "./rlimits.ts";
import { signalName } from "./signals.ts";
import { S } from "./stat.ts";
import { type Field, STRUCTURES, type Structure } from "./structures.ts";
import type { SyscallName } from "./syscalls.ts";

/** An argument: a number, the text or bytes at an address, 64-bit words at an address, or what has a name of its own. */
export type Printable = number | bigint | string | Uint8Array | WordsAt | Named;

interface WordsAt {
  readonly words: readonly Printable[];
}

interface Named {
  readonly name: string;
}

/** Characters of a string or bytes that are printed. */
const LONGEST = 256;

/** A call with its arguments: `mount("proc", "/proc", "proc", MS_NOSUID|MS_NODEV, NULL)`. */
export function callText(call: SyscallName, args: readonly Printable[]): string {
  let kinds: readonly string[] = CALLS[call] ?? [];
  let shown = args;
  const texts: string[] = [];
  for (let i = 0; i < shown.length; i++) {
    const text = valueText(kinds[i], shown[i] as Printable);
    texts.push(text);
    const following = Object.hasOwn(REQUESTS, text) ? REQUESTS[text] : undefined;
    if (following === undefined) continue;
    kinds = [...kinds.slice(0, i + 1), ...following];
    // prctl(2) and its like want zeros for the arguments that a request does not have.
    if (shown.slice(kinds.length).every((value) => value === 0)) shown = shown.slice(0, kinds.length);
  }
  return `${call}(${texts.join(", ")})`;
}

/** An argument of which nothing is known but its looks. */
export function argumentText(value: Printable): string {
  return valueText(undefined, value);
}

function valueText(kind: string | undefined, value: Printable): string {
  if (typeof value === "string") return quote(value);
  if (typeof value === "number" || typeof value === "bigint") return numberText(kind, value);
  if ("name" in value) return value.name;
  if (kind === "sigset") return signalsText(value);
  if (kind === "ids") return idsText(value);
  if (kind !== undefined && Object.hasOwn(STRUCTURES, kind)) return structureText(STRUCTURES[kind as Structure], value);
  if (value instanceof Uint8Array) {
    if (kind === "pointer") return "[...]";
    return bytesText(value.at(-1) === 0 && kind === "text" ? value.subarray(0, -1) : value);
  }
  // The environment may hold what is nobody's business.
  if (kind === "envp") return `[/* ${value.words.length - 1} vars */]`;
  const words = kind === "argv" ? value.words.slice(0, -1) : value.words;
  return `[${words.map((word) => valueText(undefined, word)).join(", ")}]`;
}

function numberText(kind: string | undefined, value: number | bigint): string {
  if (kind === undefined) return hex(value);
  if (isFlagsFamily(kind)) return flagsText(kind, value);
  if (isNamesFamily(kind)) return nameText(kind, value) ?? hex(value);
  const number = Number(value);
  switch (kind) {
    case "bytes":
    case "fd":
    case "integer":
      return String(value);
    case "dirfd":
      return number === AT.FDCWD ? "AT_FDCWD" : String(value);
    case "id":
      return number === 0xffffffff ? "-1" : String(value);
    case "nice":
      return String(number | 0);
    case "mode":
      return octal(number);
    case "fileMode":
      return `${FILE_TYPES.get(number & S.IFMT) ?? octal(number & S.IFMT)}|${octal(number & ~S.IFMT)}`;
    case "device":
      return `makedev(${major(number)}, ${minor(number)})`;
    case "signal":
      return number === 0 ? "0" : signalName(number);
    case "ioprio":
      return `IOPRIO_PRIO_VALUE(${nameText("ioprioClass", number >> 13) ?? number >> 13}, ${number & 0x1fff})`;
    case "limit":
      return BigInt.asUintN(64, BigInt(value)) === RLIM_INFINITY ? "RLIM64_INFINITY" : String(value);
    case "capabilities":
      return capabilitiesText(number, 0);
    case "highCapabilities":
      return capabilitiesText(number, 32);
    case "hex":
      return hex(value);
    default:
      return number === 0 ? "NULL" : hex(value);
  }
}

/** Fields that stand in memory one after the other: `{flags=O_CLOEXEC|O_PATH, resolve=RESOLVE_IN_ROOT}`. */
function structureText(fields: readonly Field[], memory: Uint8Array | WordsAt): string {
  const texts: string[] = [];
  let offset = 0;
  for (const [name, width, kind, zero] of fields) {
    const value = fieldAt(memory, offset, width);
    offset += width;
    if (value === undefined) break;
    if ((value !== 0 && value !== 0n) || zero !== undefined) texts.push(`${name}=${valueText(kind, value)}`);
  }
  return `{${texts.join(", ")}}`;
}

/** The number or address of `width` bytes at `offset`; undefined where the memory has ended. */
function fieldAt(memory: Uint8Array | WordsAt, offset: number, width: number): Printable | undefined {
  if (memory instanceof Uint8Array) {
    if (offset + width > memory.length) return undefined;
    const bytes = memory.subarray(offset, offset + width);
    const value = bytes.reduceRight((high, byte) => high * 256n + BigInt(byte), 0n);
    return value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
  }
  const word = memory.words[offset >> 3];
  if (width === 8 || (typeof word !== "number" && typeof word !== "bigint")) return word;
  return Number(BigInt.asUintN(width * 8, BigInt.asUintN(64, BigInt(word)) >> BigInt((offset & 7) * 8)));
}

/** `[SIGHUP SIGCHLD]`, or `~[SIGKILL]` of a set that has most of them. */
function signalsText(set: Uint8Array | WordsAt): string {
  const bits = fieldAt(set, 0, 8);
  if (typeof bits !== "number" && typeof bits !== "bigint") return "[...]";
  const all = Array.from({ length: 64 }, (_, index) => index + 1);
  const members = all.filter((signal) => (BigInt(bits) >> BigInt(signal - 1)) & 1n);
  if (members.length <= 32) return `[${members.map(signalName).join(" ")}]`;
  return `~[${all
    .filter((signal) => !members.includes(signal))
    .map(signalName)
    .join(" ")}]`;
}

function idsText(ids: Uint8Array | WordsAt): string {
  if (!(ids instanceof Uint8Array)) return "[...]";
  const count = Math.floor(ids.length / 4);
  return `[${Array.from({ length: count }, (_, index) => fieldAt(ids, index * 4, 4)).join(", ")}]`;
}

function capabilitiesText(word: number, first: number): string {
  const numbers = Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => (word >>> bit) & 1);
  if (numbers.length === 0) return "0";
  return numbers.map((bit) => nameText("capability", first + bit) ?? hex(2 ** (first + bit))).join("|");
}

function hex(value: number | bigint): string {
  return value < 0 || value < 10 ? String(value) : `0x${value.toString(16)}`;
}

function octal(value: number): string {
  return value === 0 ? "0" : `0${value.toString(8)}`;
}

function quote(text: string): string {
  return text.length <= LONGEST ? JSON.stringify(text) : `${JSON.stringify(text.slice(0, LONGEST))}...`;
}

/** Bytes as C would write them. */
function bytesText(bytes: Uint8Array): string {
  const texts = Array.from(bytes.subarray(0, LONGEST), (byte) =>
    byte < 0x20 || byte > 0x7e
      ? `\\${byte.toString(8)}`
      : `${byte === 0x22 || byte === 0x5c ? "\\" : ""}${String.fromCharCode(byte)}`,
  );
  return `"${texts.join("")}"${bytes.length > LONGEST ? "..." : ""}`;
}

const FILE_TYPES: ReadonlyMap<number, string> = new Map([
  [S.IFREG, "S_IFREG"],
  [S.IFCHR, "S_IFCHR"],
  [S.IFBLK, "S_IFBLK"],
  [S.IFIFO, "S_IFIFO"],
  [S.IFSOCK, "S_IFSOCK"],
  [0, "0"],
]);
