/** UTF-8, for code that has no engine to ask: the kernel counts bytes where JavaScript counts UTF-16. */

/** How many bytes of UTF-8 a text has. Half a surrogate pair has three, as the engine writes it. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; ++i) {
    const code = text.charCodeAt(i);
    if (code >= 0x800) length += 2;
    else if (code >= 0x80) length += 1;
    // A pair, which counts as two already, has four bytes.
    if ((code & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) ++i;
  }
  return length;
}
