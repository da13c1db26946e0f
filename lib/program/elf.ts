/**
 * The file of a program, elf(5): what is read and run in one segment, what is written in another that has no bytes of its own. And that
 * of its rest, which steps of the program map.
 */
import type { Interpreter } from "./rows.ts";

const ET_EXEC = 2;
const EV_CURRENT = 1;
const PT_LOAD = 1;
const PT_GNU_STACK = 0x6474e551;
const PF = { X: 1, W: 2, R: 4 } as const;

/** sizeof(Elf64_Ehdr), sizeof(Elf64_Phdr). */
const FILE_HEADER_SIZE = 64;
const PROGRAM_HEADER_SIZE = 56;
const PROGRAM_HEADERS = 3;

/** Where the file is mapped. */
const FILE_ADDRESS = 0x400000;

/** What the code must know of this program stands between the headers and the code: see `startOf` below. */
const START = FILE_HEADER_SIZE + PROGRAM_HEADERS * PROGRAM_HEADER_SIZE;
const START_SIZE = 24;
const CODE = START + START_SIZE;

/** Room for the headers and the code of any machine. */
const STRINGS = 1024;

/** Where things are while the program runs. */
export interface Places {
  readonly strings: number;
  /** Writable memory lies around this address: what starts as 0 below it, what is initialised above. */
  readonly memory: number;
}

export const PROGRAM: Places = { strings: FILE_ADDRESS + STRINGS, memory: 0x10000000 };

/** Where the file of the rest of a program is mapped: it begins with what the code must know of it. */
export const REST_ADDRESS = 0x30000000;

export const REST: Places = { strings: REST_ADDRESS + START_SIZE, memory: 0x38000000 };

/** The largest page of any kernel on either machine. */
const PAGE = 0x10000;

/** What a program is made of, in the file's order. */
export interface Sections {
  /** NUL-terminated, one after the other. */
  readonly strings: Uint8Array;
  /** The first one is not walked. */
  readonly rows: Uint8Array;
  /** The contents of initialised memory, a multiple of 8 bytes. */
  readonly image: Uint8Array;
  /** Bytes of memory that starts as 0. */
  readonly zeroed: number;
}

/** Memory that is mapped, in whole pages. */
export interface Extent {
  readonly address: number;
  readonly length: number;
}

/** A static ELF whose code walks the rows. */
export function elf({ elfMachine, code }: Interpreter, { strings, rows, image, zeroed }: Sections): Uint8Array {
  const rowsOffset = (STRINGS + strings.length + 7) & ~7;
  const size = rowsOffset + rows.length + image.length;
  const memory = (PROGRAM.memory - zeroed) & ~(PAGE - 1);
  const head = new Uint32Array([
    ...fileHeader(elfMachine),
    ...programHeader(PT_LOAD, PF.R | PF.X, FILE_ADDRESS, size, size),
    ...programHeader(PT_LOAD, PF.R | PF.W, memory, 0, PROGRAM.memory - memory + image.length),
    // Without it the stack, though unused, would be executable.
    ...programHeader(PT_GNU_STACK, PF.R | PF.W, 0, 0, 0),
    ...startOf(FILE_ADDRESS + rowsOffset, rows, image),
  ]);
  const file = new Uint8Array(size);
  file.set(new Uint8Array(head.buffer));
  file.set(code, CODE);
  file.set(strings, STRINGS);
  file.set(rows, rowsOffset);
  file.set(image, rowsOffset + rows.length);
  return file;
}

/** The file to be mapped at REST_ADDRESS, and the memory that it needs. */
export function restFile({ strings, rows, image, zeroed }: Sections): { file: Uint8Array; memory: Extent } {
  const rowsOffset = (START_SIZE + strings.length + 7) & ~7;
  const file = new Uint8Array(rowsOffset + rows.length + image.length);
  file.set(new Uint8Array(new Uint32Array(startOf(REST_ADDRESS + rowsOffset, rows, image)).buffer));
  file.set(strings, START_SIZE);
  file.set(rows, rowsOffset);
  file.set(image, rowsOffset + rows.length);
  // A page at least: none can't be mapped.
  const address = (REST.memory - zeroed - 1) & ~(PAGE - 1);
  return { file, memory: { address, length: REST.memory - address + image.length } };
}

/** What the code must know, as uint32: the addresses of the rows and of the image behind them, and the image's size. */
function startOf(rowsAddress: number, rows: Uint8Array, image: Uint8Array): number[] {
  return [rowsAddress, 0, rowsAddress + rows.length, 0, image.length, 0];
}

/** Elf64_Ehdr as uint32: fields of 8 bytes are two of them, two fields of 2 bytes are one. */
function fileHeader(machine: number): number[] {
  return [
    ...[0x464c457f, 0x10102, 0, 0], // e_ident: the magic, ELFCLASS64, ELFDATA2LSB, EV_CURRENT
    ...[ET_EXEC | (machine << 16), EV_CURRENT], // e_type and e_machine, e_version
    ...[FILE_ADDRESS + CODE, 0, FILE_HEADER_SIZE, 0, 0, 0], // e_entry, e_phoff, e_shoff
    ...[0, FILE_HEADER_SIZE | (PROGRAM_HEADER_SIZE << 16)], // e_flags, e_ehsize and e_phentsize
    ...[PROGRAM_HEADERS, 0], // e_phnum and e_shentsize, e_shnum and e_shstrndx
  ];
}

/** Elf64_Phdr as uint32, of a segment at the start of the file. */
function programHeader(type: number, flags: number, vaddr: number, filesz: number, memsz: number): number[] {
  return [type, flags, 0, 0, vaddr, 0, vaddr, 0, filesz, 0, memsz, 0, PAGE, 0];
}
