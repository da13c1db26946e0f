import { test } from "tap";
import { rawFilter } from "../../lib/seccomp/raw.ts";

const base64 = (length: number) =>
  Buffer.from(Array.from({ length }, (_, index) => (index * 37) & 0xff)).toString("base64");

for (const length of [8, 16, 24, 32, 4096 * 8]) {
  test(`${length} bytes of base64 are what they were`, (t) => {
    t.equal(Buffer.from(rawFilter(base64(length))).toString("base64"), base64(length));
    t.end();
  });
}

test("white space between them is none of the filter", (t) => {
  t.equal(rawFilter(`${base64(24).replace(/.{8}/g, "$&\n")} `).length, 24);
  t.end();
});

const WRONG: Record<string, [text: string, error: RegExp]> = {
  nothing: ["", /no base64/],
  "another alphabet": ["AAAA-_AAAAA=", /no base64/],
  "no multiple of four": ["AAAAA", /no base64/],
  "padding in the middle": ["AA==AAAAAAAA", /no base64/],
  "a part of an instruction": [base64(12), /it has 12 bytes: a filter has 8/],
  "more than the kernel takes": [base64(4097 * 8), /it has 32776 bytes: .* at most 4096/],
};
for (const [name, [text, message]] of Object.entries(WRONG)) {
  test(`${name} is refused`, (t) => {
    t.throws(() => rawFilter(text), { message });
    t.end();
  });
}
