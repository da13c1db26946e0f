/** The memory of a program: where each string, buffer and slot stands, decided when a step first names it. */
import { MEMORY_ADDRESS, STRINGS_ADDRESS } from "./elf.ts";
import type { Buffer, Slot, Words } from "./step.ts";

/** What has one place, however often it is named. */
type Located = Uint8Array | Buffer | Words | Slot;

export class Data {
  /** Bytes of the strings, with a NUL after each. */
  stringsSize = 0;
  /** Bytes of memory that starts as 0. */
  zeroed = 0;

  private readonly strings: string[] = [];
  private count = 0;
  private readonly addresses = new Map<Located, number>();
  private words = new Uint32Array(2048);
  private bytes = new Uint8Array(this.words.buffer);
  /** Bytes of initialised memory, a multiple of 8. */
  private imageSize = 0;

  /** All strings as they stand in the file: each with a NUL after it. */
  get text(): string {
    return this.count === 0 ? "" : `${this.strings.join("\0")}\0`;
  }

  /** Contents of initialised memory. */
  get image(): Uint8Array {
    return this.bytes.subarray(0, this.imageSize);
  }

  /**
   * The address of a string, whose UTF-8 has `size` bytes: by default, it is ASCII. It is not looked for among the earlier ones:
   * that would take more time than the copy.
   */
  string(text: string, size = text.length): number {
    const place = this.stringsSize;
    this.strings[this.count] = text;
    ++this.count;
    this.stringsSize = place + size + 1;
    return STRINGS_ADDRESS + place;
  }

  /** The address of something, which gets its place now if it has none. */
  address(item: Located): number {
    const known = this.addresses.get(item);
    if (known !== undefined) return known;
    const address = this.place(item);
    this.addresses.set(item, address);
    return address;
  }

  /** The address of new memory that holds these, 8 bytes each, and a 0 after them. */
  list(items: Words["words"]): number {
    const count = items.length;
    const place = this.reserve(count * 8 + 8);
    let { words } = this;
    for (let i = 0, at = place >> 2; i < count; ++i, at += 2) {
      const item = items[i] as Words["words"][number];
      if (typeof item === "number") {
        words[at] = item;
        if (item !== item >>> 0) words[at + 1] = Math.floor(item / 0x1_0000_0000);
      } else if (typeof item === "string") words[at] = this.string(item);
      else if (typeof item === "bigint") {
        words[at] = Number(BigInt.asUintN(32, item));
        words[at + 1] = Number(BigInt.asUintN(32, item >> 32n));
      } else {
        const address = this.address(item);
        // What was placed may have moved the image.
        words = this.words;
        words[at] = address;
      }
    }
    return MEMORY_ADDRESS + place;
  }

  private place(item: Located): number {
    // Bytes have no kind, and come last.
    const other = item as Exclude<Located, Uint8Array>;
    if (other.kind === "slot") return this.zero(8);
    if (other.kind === "words") return this.list(other.words);
    if (other.kind !== "buffer") return this.initialised(item as Uint8Array);
    if (other.address !== undefined) return other.address;
    return other.init === undefined ? this.zero(other.size) : this.initialised(other.init);
  }

  private zero(size: number): number {
    this.zeroed += (size + 7) & ~7;
    return MEMORY_ADDRESS - this.zeroed;
  }

  private initialised(init: Uint8Array): number {
    const place = this.reserve(init.length);
    this.bytes.set(init, place);
    return MEMORY_ADDRESS + place;
  }

  /** Room in initialised memory: its place in the image. */
  private reserve(size: number): number {
    const place = this.imageSize;
    this.imageSize = place + ((size + 7) & ~7);
    if (this.imageSize > this.bytes.length) {
      const words = new Uint32Array(this.imageSize >> 1);
      words.set(this.words);
      this.words = words;
      this.bytes = new Uint8Array(words.buffer);
    }
    return place;
  }
}

/** Memory whose strings may be other than ASCII: each is encoded to know its size. */
export class DataOfAnyText extends Data {
  private readonly encode: (text: string) => Uint8Array;

  constructor(encode: (text: string) => Uint8Array) {
    super();
    this.encode = encode;
  }

  override string(text: string): number {
    return super.string(text, this.encode(text).length);
  }
}
