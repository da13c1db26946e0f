/** ELF files as far as execve(2) looks at them, elf(5). */

/** `e_machine` of the machines that images are made for. */
const MACHINES: Readonly<Record<number, string>> = {
  3: "i386",
  8: "mips",
  20: "ppc",
  21: "ppc64",
  22: "s390x",
  40: "arm",
  62: "x86-64",
  183: "aarch64",
  243: "riscv",
  258: "loongarch64",
};

const PT_INTERP = 3;

/** What a program says of itself. */
export interface ElfProgram {
  /** The machine's name, or its number. */
  readonly machine: string;
  /** The dynamic loader; undefined: it needs none. */
  readonly interpreter: string | undefined;
}

/** Reads the beginning of a file, which should have its program headers; undefined when it is no ELF file. */
export function elfProgram(bytes: Uint8Array): ElfProgram | undefined {
  if (bytes.length < 64 || String.fromCharCode(...bytes.subarray(0, 4)) !== "\x7fELF") return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const little = bytes[5] === 1;
  const number = view.getUint16(18, little);
  const machine = MACHINES[number] ?? `machine ${number}`;
  return { machine, interpreter: bytes[4] === 2 ? interpreterOf(view, little) : undefined };
}

/** PT_INTERP of a 64-bit file. */
function interpreterOf(view: DataView, little: boolean): string | undefined {
  const start = Number(view.getBigUint64(32, little));
  const size = view.getUint16(54, little);
  const count = view.getUint16(56, little);
  for (let at = start; at < start + size * count && at + 56 <= view.byteLength; at += size) {
    if (view.getUint32(at, little) !== PT_INTERP) continue;
    const offset = Number(view.getBigUint64(at + 8, little));
    const length = Number(view.getBigUint64(at + 32, little));
    if (offset + length > view.byteLength) return undefined;
    const text = new Uint8Array(view.buffer, view.byteOffset + offset, length);
    return String.fromCharCode(...text).replace(/\0.*$/s, "");
  }
  return undefined;
}
