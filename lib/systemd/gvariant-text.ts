/** What GVariant text is made of, and what its strings say. */

/** A string of characters or bytes in quotes, a type, a number or a word, a sign. */
const TOKEN = /\s*(b?"(?:[^"\\]|\\.)*"|b?'(?:[^'\\]|\\.)*'|@[a-z(){}]+|[-+.\w]+|[[\](){}<>:,])\s*/y;

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", a: "\x07", b: "\b", f: "\f", v: "\v" };

/** The tokens of a text, and what is left of it where it has something else. */
export function tokensOf(text: string): { readonly tokens: readonly string[]; readonly rest: string } {
  const tokens: string[] = [];
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < text.length; ) {
    const from = TOKEN.lastIndex;
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) return { tokens, rest: text.slice(from) };
    tokens.push(token);
  }
  return { tokens, rest: "" };
}

/** The bytes of a string in quotes, with a zero behind them; undefined if there are characters that are none. */
export function bytesOf(quoted: string): number[] | undefined {
  const text = quoted.replace(/\\([0-7]{1,3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
  const codes = Array.from(unquote(text), (character) => character.charCodeAt(0));
  return codes.some((code) => code > 255) ? undefined : [...codes, 0];
}

/** The characters of a string in quotes. */
export function unquote(token: string): string {
  return token
    .slice(1, -1)
    .replace(/\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)/g, (_, code: string) =>
      code.length > 1 ? character(Number.parseInt(code.slice(1), 16)) : (ESCAPES[code] ?? code),
    );
}

/** Beyond the last one, half a character, which no string may have. */
function character(code: number): string {
  return code > 0x10ffff ? "\ud800" : String.fromCodePoint(code);
}
