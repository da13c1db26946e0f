/**
 * GVariant text, https://docs.gtk.org/glib/gvariant-text-format.html, as annotations give values of unit properties: strings,
 * numbers, booleans, arrays, tuples and dictionaries of them, each with its type before it if it is not the usual one. "Maybe" types,
 * which D-Bus has not, are left out.
 */
import { RuntimeError } from "../base/errors.ts";
import { bytesOf, tokensOf, unquote } from "./gvariant-text.ts";
import { completeTypes, isObjectPath, isSignature, type Value, type Variant, variant } from "./value.ts";

/** What may stand before a value: `uint64 5`. */
const KEYWORDS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    boolean: "b",
    byte: "y",
    int16: "n",
    uint16: "q",
    int32: "i",
    uint32: "u",
    int64: "x",
    uint64: "t",
    double: "d",
    string: "s",
    objectpath: "o",
    signature: "g",
  }),
);

/** The smallest and the largest number of each type. */
const RANGES: ReadonlyMap<string, readonly [smallest: bigint, largest: bigint]> = new Map([
  ["y", [0n, 255n]],
  ["n", [-(2n ** 15n), 2n ** 15n - 1n]],
  ["q", [0n, 2n ** 16n - 1n]],
  ["i", [-(2n ** 31n), 2n ** 31n - 1n]],
  ["u", [0n, 2n ** 32n - 1n]],
  ["x", [-(2n ** 63n), 2n ** 63n - 1n]],
  ["t", [0n, 2n ** 64n - 1n]],
]);

/** How deep values may lie in each other: D-Bus takes twice as much of arrays and structs together. */
const DEEPEST = 30;

/** The value that `text` says, of which libdbus takes everything: it ends the process for what it can't take. @throws RuntimeError for what is no such text, with the place */
export function parseVariant(text: string): Variant {
  const parser = new Parser(text);
  const value = parser.value(undefined);
  parser.end();
  return value;
}

class Parser {
  private readonly text: string;
  private readonly tokens: readonly string[];
  private at = 0;
  private depth = 0;

  constructor(text: string) {
    this.text = text;
    const { tokens, rest } = tokensOf(text);
    if (rest !== "") throw this.wrong(`at ${JSON.stringify(rest)}`);
    this.tokens = tokens;
  }

  private wrong(why: string): RuntimeError {
    return new RuntimeError(`${JSON.stringify(this.text)} is no value in GVariant's text format: ${why}`);
  }

  private next(): string {
    const token = this.tokens[this.at++];
    if (token === undefined) throw this.wrong("it ends too early");
    return token;
  }

  end(): void {
    const rest = this.tokens[this.at];
    if (rest !== undefined) throw this.wrong(`${rest} is too much`);
  }

  /** A value, of `type` if that is known. */
  value(type: string | undefined): Variant {
    if (++this.depth > DEEPEST) throw this.wrong("it is nested too deeply");
    const value = this.valueInside(type);
    --this.depth;
    return value;
  }

  private valueInside(type: string | undefined): Variant {
    const token = this.next();
    if (token.startsWith("@")) return this.value(this.typeOf(token.slice(1), type));
    const named = KEYWORDS.get(token);
    if (named !== undefined) return this.value(this.typeOf(named, type));
    if (token === "[") return this.array(type);
    if (token === "(") return this.tuple(type);
    if (token === "{") return this.dictionary(type);
    if (token === "<") return this.boxed(type);
    if (/^b["']/.test(token)) return this.scalar(type ?? "ay", "ay", this.bytes(token.slice(1)));
    if (token.startsWith('"') || token.startsWith("'")) return this.string(type ?? "s", unquote(token));
    if (token === "true" || token === "false") return this.scalar(type ?? "b", "b", token === "true");
    return this.number(token, type);
  }

  private typeOf(given: string, wanted: string | undefined): string {
    if (!isSignature(given) || completeTypes(given).length !== 1) throw this.wrong(`${given} is no type`);
    if (wanted !== undefined && wanted !== given) throw this.wrong(`${given} stands where ${wanted} should`);
    return given;
  }

  private scalar(type: string, allowed: string, value: Value): Variant {
    if (!allowed.includes(type))
      throw this.wrong(`what stands before ${this.tokens[this.at] ?? "its end"} is no ${type}`);
    return variant(type, value);
  }

  private string(type: string, text: string): Variant {
    if (/[\ud800-\udfff\0]/u.test(text)) throw this.wrong("a string has half a character, or NUL");
    if (type === "o" && !isObjectPath(text)) throw this.wrong(`${JSON.stringify(text)} is no object path`);
    if (type === "g" && !isSignature(text)) throw this.wrong(`${JSON.stringify(text)} is no signature`);
    return this.scalar(type, "sog", text);
  }

  private number(token: string, wanted: string | undefined): Variant {
    const isInteger = /^[-+]?(\d+|0x[0-9a-fA-F]+)$/.test(token);
    const type = wanted ?? (isInteger ? "i" : "d");
    if (type === "d") {
      if (token === "" || Number.isNaN(Number(token))) throw this.wrong(`${token} is no number`);
      return variant("d", Number(token));
    }
    const range = RANGES.get(type);
    if (!isInteger || range === undefined) throw this.wrong(`${token} is no ${type}`);
    const digits = token.replace(/^[-+]/, "");
    const value = token.startsWith("-") ? -BigInt(digits) : BigInt(digits);
    if (value < range[0] || value > range[1]) throw this.wrong(`${token} is out of the range of ${type}`);
    return variant(type, value);
  }

  private array(type: string | undefined): Variant {
    if (type !== undefined && !type.startsWith("a")) throw this.wrong(`an array stands where ${type} should`);
    let element = type?.slice(1);
    const items = this.list("]", () => {
      const item = this.value(element);
      element ??= item.signature;
      return item;
    });
    if (element === undefined) throw this.wrong("an empty array needs its type: @as []");
    return variant(
      `a${element}`,
      items.map(({ value }) => value),
    );
  }

  private tuple(type: string | undefined): Variant {
    const members = type === undefined ? undefined : completeTypes(type.slice(1, -1));
    let index = 0;
    const items = this.list(")", () => this.value(members?.[index++]));
    if (items.length === 0 || (members !== undefined && members.length !== items.length)) {
      throw this.wrong(`a tuple of ${items.length} stands where ${type ?? "one with members"} should`);
    }
    return variant(
      `(${items.map(({ signature }) => signature).join("")})`,
      items.map(({ value }) => value),
    );
  }

  private dictionary(type: string | undefined): Variant {
    const [, key, value] = /^a\{(.)(.+)\}$/.exec(type ?? "") ?? [];
    if (type !== undefined && key === undefined) throw this.wrong(`a dictionary stands where ${type} should`);
    let types = [key, value] as const;
    const entries = this.list("}", () => {
      const name = this.value(types[0]);
      this.expect(":");
      const held = this.value(types[1]);
      types = [name.signature, held.signature];
      return variant("", [name.value, held.value]);
    });
    if (types[0] === undefined) throw this.wrong("an empty dictionary needs its type: @a{sv} {}");
    const signature = `a{${types[0]}${types[1]}}`;
    if (!isSignature(signature)) throw this.wrong(`a dictionary can't have ${types[0]} as its keys`);
    return variant(
      signature,
      entries.map(({ value: entry }) => entry),
    );
  }

  /** A value together with its type: `<uint32 5>`. */
  private boxed(type: string | undefined): Variant {
    const held = this.value(undefined);
    this.expect(">");
    return this.scalar(type ?? "v", "v", held);
  }

  private bytes(quoted: string): number[] {
    const bytes = bytesOf(quoted);
    if (bytes === undefined) throw this.wrong(`b${quoted} has characters that are no bytes`);
    return bytes;
  }

  private expect(sign: string): void {
    const token = this.next();
    if (token !== sign) throw this.wrong(`${token} stands where ${sign} should`);
  }

  private list(closing: string, item: () => Variant): Variant[] {
    const items: Variant[] = [];
    while (this.tokens[this.at] !== closing) {
      items.push(item());
      if (this.tokens[this.at] === closing) break;
      this.expect(",");
    }
    this.at++;
    return items;
  }
}
