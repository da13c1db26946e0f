/**
 * GVariant text, https://docs.gtk.org/glib/gvariant-text-format.html, as annotations give values of unit properties: strings,
 * numbers, booleans, arrays, tuples and dictionaries of them, each with its type before it if it is not the usual one. "Maybe" types,
 * which D-Bus has not, are left out.
 */
import { RuntimeError } from "../base/errors.ts";
import { completeTypes, type Value, type Variant, variant } from "./value.ts";

/** What may stand before a value: `uint64 5`. */
const KEYWORDS: Readonly<Record<string, string>> = {
  boolean: "b",
  byte: "y",
  int16: "n",
  uint16: "q",
  int32: "i",
  uint32: "u",
  handle: "h",
  int64: "x",
  uint64: "t",
  double: "d",
  string: "s",
  objectpath: "o",
  signature: "g",
};

/** The smallest and the largest number of each type. */
const RANGES: Readonly<Record<string, readonly [bigint, bigint]>> = {
  y: [0n, 255n],
  n: [-(2n ** 15n), 2n ** 15n - 1n],
  q: [0n, 2n ** 16n - 1n],
  i: [-(2n ** 31n), 2n ** 31n - 1n],
  u: [0n, 2n ** 32n - 1n],
  x: [-(2n ** 63n), 2n ** 63n - 1n],
  t: [0n, 2n ** 64n - 1n],
};

/** A string of characters or bytes in quotes, a type, a number or a word, a sign. */
const TOKEN = /\s*(b?"(?:[^"\\]|\\.)*"|b?'(?:[^'\\]|\\.)*'|@[a-z(){}]+|[-+.\w]+|[[\](){}<>:,])\s*/y;

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", a: "\x07", b: "\b", f: "\f", v: "\v" };

/** The value that `text` says. @throws RuntimeError for what is no such text, with the place */
export function parseVariant(text: string): Variant {
  const parser = new Parser(text);
  const value = parser.value(undefined);
  parser.end();
  return value;
}

class Parser {
  private readonly text: string;
  private readonly tokens: string[] = [];
  private at = 0;

  constructor(text: string) {
    this.text = text;
    for (TOKEN.lastIndex = 0; TOKEN.lastIndex < text.length; ) {
      const from = TOKEN.lastIndex;
      const token = TOKEN.exec(text)?.[1];
      if (token === undefined) throw this.wrong(`at ${JSON.stringify(text.slice(from))}`);
      this.tokens.push(token);
    }
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
    const token = this.next();
    if (token.startsWith("@")) return this.value(this.typeOf(token.slice(1), type));
    const named = KEYWORDS[token];
    if (named !== undefined) return this.value(this.typeOf(named, type));
    if (token === "[") return this.array(type);
    if (token === "(") return this.tuple(type);
    if (token === "{") return this.dictionary(type);
    if (token === "<") return this.boxed(type);
    if (/^b["']/.test(token)) return this.scalar(type ?? "ay", "ay", this.bytes(token.slice(1)));
    if (token.startsWith('"') || token.startsWith("'")) return this.scalar(type ?? "s", "sog", unquote(token));
    if (token === "true" || token === "false") return this.scalar(type ?? "b", "b", token === "true");
    return this.number(token, type);
  }

  private typeOf(given: string, wanted: string | undefined): string {
    if (wanted !== undefined && wanted !== given) throw this.wrong(`${given} stands where ${wanted} should`);
    return given;
  }

  private scalar(type: string, allowed: string, value: Value): Variant {
    if (!allowed.includes(type))
      throw this.wrong(`what stands before ${this.tokens[this.at] ?? "its end"} is no ${type}`);
    return variant(type, value);
  }

  private number(token: string, wanted: string | undefined): Variant {
    const isInteger = /^[-+]?(\d+|0x[0-9a-fA-F]+)$/.test(token);
    const type = wanted ?? (isInteger ? "i" : "d");
    if (type === "d") {
      if (token === "" || Number.isNaN(Number(token))) throw this.wrong(`${token} is no number`);
      return variant("d", Number(token));
    }
    const range = RANGES[type];
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
    return variant(
      `a{${types[0]}${types[1]}}`,
      entries.map(({ value: entry }) => entry),
    );
  }

  /** A value together with its type: `<uint32 5>`. */
  private boxed(type: string | undefined): Variant {
    const held = this.value(undefined);
    this.expect(">");
    return this.scalar(type ?? "v", "v", held);
  }

  /** A string of bytes ends with one that is zero. */
  private bytes(quoted: string): number[] {
    const text = quoted.replace(/\\([0-7]{1,3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    const codes = Array.from(unquote(text), (character) => character.charCodeAt(0));
    if (codes.some((code) => code > 255)) throw this.wrong(`b${quoted} has characters that are no bytes`);
    return [...codes, 0];
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

function unquote(token: string): string {
  return token
    .slice(1, -1)
    .replace(/\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)/g, (_, code: string) =>
      code.length > 1 ? String.fromCodePoint(Number.parseInt(code.slice(1), 16)) : (ESCAPES[code] ?? code),
    );
}
