/** The file of a program, elf(5): what is read and run in one segment, what is written in another that has no bytes of its own. */
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

/** What the code must know of this program stands between the headers and the code: see `start` below. */
const START = FILE_HEADER_SIZE + PROGRAM_HEADERS * PROGRAM_HEADER_SIZE;
const CODE = START + 24;

/** Room for the headers and the code of any machine. */
const STRINGS = 1024;

/** Where the strings are while the program runs. */
export const STRINGS_ADDRESS = FILE_ADDRESS + STRINGS;

/** Writable memory lies around this address: what starts as 0 below it, what is initialised above. */
export const MEMORY_ADDRESS = 0x10000000;

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
  /** Bytes of memory below MEMORY_ADDRESS. */
  readonly zeroed: number;
}

/** A static ELF whose code walks the rows. */
export function elf({ elfMachine, code }: Interpreter, { strings, rows, image, zeroed }: Sections): Uint8Array {
  const rowsOffset = (STRINGS + strings.length + 7) & ~7;
  const imageOffset = rowsOffset + rows.length;
  const size = imageOffset + image.length;
  const memory = (MEMORY_ADDRESS - zeroed) & ~(PAGE - 1);
  const start = new Uint32Array([
    ...fileHeader(elfMachine),
    ...programHeader(PT_LOAD, PF.R | PF.X, FILE_ADDRESS, size, size),
    ...programHeader(PT_LOAD, PF.R | PF.W, memory, 0, MEMORY_ADDRESS - memory + image.length),
    // Without it the stack, though unused, would be executable.
    ...programHeader(PT_GNU_STACK, PF.R | PF.W, 0, 0, 0),
    ...[FILE_ADDRESS + rowsOffset, 0, FILE_ADDRESS + imageOffset, 0, image.length, 0],
  ]);
  const file = new Uint8Array(size);
  file.set(new Uint8Array(start.buffer));
  file.set(code, CODE);
  file.set(strings, STRINGS);
  file.set(rows, rowsOffset);
  file.set(image, imageOffset);
  return file;
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
