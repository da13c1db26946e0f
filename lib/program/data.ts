/** The memory of a program: where each string, buffer and slot stands, decided when a step first names it. */
import { type Places, PROGRAM } from "./elf.ts";
import type { Buffer, Slot, Words } from "./step.ts";

/** What has one place, however often it is named. */
type Located = Uint8Array | Buffer | Words | Slot;

/** Where everything is that has been named. */
export type Addresses = ReadonlyMap<Located, number>;

/** Memory under way. */
export interface Data {
  /**
   * The address of a string. It is not looked for among the earlier ones: that would take more time than the copy.
   */
  readonly string: (text: string) => number;
  /** The address of something, which gets its place now if it has none. */
  readonly address: (item: Located) => number;
  /** The address of new memory that holds these, 8 bytes each, and a 0 after them. */
  readonly list: (items: Words["words"]) => number;
  /** The address of new memory that holds rows of so many cells, one after the other. */
  readonly table: (rows: readonly (readonly (number | string)[])[], width: number) => number;
  /** All strings as they stand in the file: each with a NUL after it. */
  readonly text: string;
  /** Bytes of the strings, with a NUL after each. */
  readonly stringsSize: number;
  /** Contents of initialised memory. */
  readonly image: Uint8Array;
  /** Bytes of memory that starts as 0. */
  readonly zeroed: number;
  readonly addresses: Addresses;
}

/**
 * Empty memory.
 * @param sizeOf how many bytes of UTF-8 a text has: by default, all text is ASCII
 * @param earlier what has its place already, elsewhere
 */
export function makeData(sizeOf?: (text: string) => number, places: Places = PROGRAM, earlier?: Addresses): Data {
  const { strings: stringsAddress, memory: memoryAddress } = places;
  const strings: string[] = [];
  let count = 0;
  let stringsSize = 0;
  let zeroed = 0;
  const addresses = new Map<Located, number>();
  let words = new Uint32Array(512);
  let bytes = new Uint8Array(words.buffer);
  /** Bytes of initialised memory, a multiple of 8. */
  let imageSize = 0;

  return {
    string,
    address,
    list,
    table,
    get text() {
      return count === 0 ? "" : `${strings.join("\0")}\0`;
    },
    get stringsSize() {
      return stringsSize;
    },
    get image() {
      return bytes.subarray(0, imageSize);
    },
    get zeroed() {
      return zeroed;
    },
    addresses,
  };

  function string(text: string): number {
    const place = stringsSize;
    strings[count] = text;
    ++count;
    stringsSize = place + (sizeOf === undefined ? text.length : sizeOf(text)) + 1;
    return stringsAddress + place;
  }

  function address(item: Located): number {
    const known = addresses.get(item) ?? earlier?.get(item);
    if (known !== undefined) return known;
    const placed = place(item);
    addresses.set(item, placed);
    return placed;
  }

  function table(rows: readonly (readonly (number | string)[])[], width: number): number {
    const start = reserve(rows.length * width * 8);
    let at = start >> 2;
    for (let i = 0, count = rows.length; i < count; ++i) {
      const cells = rows[i] as readonly (number | string)[];
      for (let column = 0; column < width; ++column, at += 2) {
        const cell = cells[column] as number | string;
        if (typeof cell === "string") words[at] = string(cell);
        else {
          words[at] = cell;
          if (cell !== cell >>> 0) words[at + 1] = Math.floor(cell / 0x1_0000_0000);
        }
      }
    }
    return memoryAddress + start;
  }

  function list(items: Words["words"]): number {
    const start = reserve(items.length * 8 + 8);
    for (let i = 0, count = items.length, at = start >> 2; i < count; ++i, at += 2) {
      const item = items[i] as Words["words"][number];
      if (typeof item === "number") {
        words[at] = item;
        if (item !== item >>> 0) words[at + 1] = Math.floor(item / 0x1_0000_0000);
      } else if (typeof item === "string") words[at] = string(item);
      else if (typeof item === "bigint") {
        words[at] = Number(BigInt.asUintN(32, item));
        words[at + 1] = Number(BigInt.asUintN(32, item >> 32n));
      } else {
        // What is placed may move the image.
        const value = address(item);
        words[at] = value;
      }
    }
    return memoryAddress + start;
  }

  function place(item: Located): number {
    // Bytes have no kind, and come last.
    const other = item as Exclude<Located, Uint8Array>;
    if (other.kind === "slot") return zero(8);
    if (other.kind === "words") return list(other.words);
    if (other.kind !== "buffer") return initialised(item as Uint8Array);
    if (other.address !== undefined) return other.address;
    return other.init === undefined ? zero(other.size) : initialised(other.init);
  }

  function zero(size: number): number {
    zeroed += (size + 7) & ~7;
    return memoryAddress - zeroed;
  }

  function initialised(init: Uint8Array): number {
    const start = reserve(init.length);
    bytes.set(init, start);
    return memoryAddress + start;
  }

  /** Room in initialised memory: its place in the image. */
  function reserve(size: number): number {
    const start = imageSize;
    imageSize = start + ((size + 7) & ~7);
    if (imageSize > bytes.length) {
      const more = new Uint32Array(imageSize >> 1);
      more.set(words);
      words = more;
      bytes = new Uint8Array(more.buffer);
    }
    return start;
  }
}
