/** Where in a text of JSON something stands, or what keeps the text from being JSON. */
import type { Node, ParseError } from "jsonc-parser";
import { parseTree } from "jsonc-parser/lib/esm/impl/parser.js";

/** Line and column count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A value of the text. */
export interface Found extends Place {
  readonly offset: number;
  readonly type: Node["type"];
  /** Whether it is what was looked for, not the innermost thing on the way there. */
  readonly exact: boolean;
}

/**
 * Finds values of a text by their pointers, RFC 6901. Of properties with the same name the last counts, as it does for
 * JSON.parse.
 */
export function finder(text: string): (pointer: string) => Found {
  const tree = parse(text).tree;
  return (pointer) => {
    let node = tree;
    const found = (exact: boolean): Found => ({
      offset: node.offset,
      type: node.type,
      exact,
      ...placeOf(text, node.offset),
    });
    for (const part of pointer.split("/").slice(1)) {
      const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
      const next: Node | undefined =
        node.type === "array"
          ? node.children?.[Number(key)]
          : node.children?.findLast(({ children }) => children?.[0]?.value === key)?.children?.[1];
      if (next === undefined) return found(false);
      node = next;
    }
    return found(true);
  };
}

/** Why a text is no JSON, as a clause, and where it ends to be. */
export function syntaxFault(text: string): Place & { readonly found: string } {
  const { offset = 0, length = 0, error = 0 } = parse(text).errors[0] ?? {};
  const token =
    length === 0 ? "the end of the file" : JSON.stringify(text.slice(offset, offset + Math.min(length, 40)));
  return { ...placeOf(text, offset), found: SYNTAX[error]?.(token) ?? `${token} is out of place` };
}

/** What is missing or wrong at a token, by the parser's number for it, ParseErrorCode. */
const SYNTAX: Readonly<Record<number, (token: string) => string>> = {
  3: (token) => `a name in double quotes is missing before ${token}`,
  4: (token) => `a value is missing before ${token}`,
  5: (token) => `a colon is missing before ${token}`,
  6: (token) => `a comma is missing before ${token}`,
  7: (token) => `a } is missing before ${token}`,
  8: (token) => `a ] is missing before ${token}`,
  9: (token) => `${token} comes after its end`,
  10: () => "it has a comment",
  12: () => "a string is not closed",
  13: (token) => `${token} is half a number`,
  14: (token) => `${token} has a \\u without four digits`,
  15: (token) => `${token} has an unknown escape`,
  16: (token) => `${token} has a control character, which must be escaped`,
};

const NOTHING: Node = { type: "null", offset: 0, length: 0 };

function parse(text: string): { tree: Node; errors: readonly ParseError[] } {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  return { tree: tree ?? NOTHING, errors };
}

function placeOf(text: string, offset: number): Place {
  const before = text.slice(0, offset);
  return { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
}
