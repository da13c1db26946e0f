import { test } from "tap";
import { IFA, IFF, IFLA, NLM_F, NLMSGERR_ATTR, RTM } from "../../lib/linux/netlink.ts";
import {
  answer,
  attributes,
  IFADDRMSG,
  IFINFOMSG,
  message,
  messages,
  read,
  uint32,
} from "../../lib/linux/netlink-message.ts";

const hex = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString("hex");
const ascii = (text: string) => new Uint8Array(Buffer.from(`${text}\0`));

/** Rows of: what is asked, and its bytes as they go to the kernel. */
const REQUESTS: [string, Uint8Array, string][] = [
  [
    "an interface is asked for by its name",
    message({ type: RTM.GETLINK, flags: NLM_F.REQUEST, seq: 1 }, IFINFOMSG, {}, new Map([[IFLA.IFNAME, ascii("v0")]])),
    "28000000 1200 0100 01000000 00000000 00 00 0000 00000000 00000000 00000000 0700 0300 76300000",
  ],
  [
    "an interface is moved: namespace, name and index",
    message(
      { type: RTM.SETLINK, flags: NLM_F.REQUEST | NLM_F.ACK, seq: 0x01020304 },
      IFINFOMSG,
      { index: 7 },
      new Map([
        [IFLA.NET_NS_FD, uint32(5)],
        [IFLA.IFNAME, ascii("eth%d")],
        [IFLA.NEW_IFINDEX, uint32(300)],
      ]),
    ),
    "3c000000 1300 0500 04030201 00000000 00 00 0000 07000000 00000000 00000000" +
      "0800 1c00 05000000 0a00 0300 657468256400 0000 0800 3100 2c010000",
  ],
  [
    "an interface comes up: one flag changes",
    message({ type: RTM.SETLINK, flags: 5, seq: 2 }, IFINFOMSG, { index: 7, flags: IFF.UP, change: IFF.UP }),
    "20000000 1300 0500 02000000 00000000 00 00 0000 07000000 01000000 01000000",
  ],
  [
    "an address is given: its family, length and scope are one byte each",
    message(
      { type: RTM.NEWADDR, flags: 0x605, seq: 3 },
      IFADDRMSG,
      { family: 2, prefixlen: 24, scope: 253, index: 7 },
      new Map([[IFA.LOCAL, new Uint8Array([10, 1, 2, 3])]]),
    ),
    "20000000 1400 0506 03000000 00000000 02 18 00 fd 07000000 0800 0200 0a010203",
  ],
];

for (const [name, bytes, expected] of REQUESTS) {
  test(name, async (t) => t.equal(hex(bytes), expected.replaceAll(" ", "")));
}

test("what was made is read again", async (t) => {
  const [, bytes] = REQUESTS[1] as (typeof REQUESTS)[number];
  const both = new Uint8Array([...bytes, ...bytes]);
  const found = messages(both);
  t.match(found, [{ type: RTM.SETLINK, flags: 5, seq: 0x01020304 }, { type: RTM.SETLINK }]);
  const body = found[1]?.body as Uint8Array;
  t.match(read(body, IFINFOMSG), { index: 7, flags: 0 });
  const all = attributes(body, IFINFOMSG);
  t.strictSame([...all.keys()], [IFLA.NET_NS_FD, IFLA.IFNAME, IFLA.NEW_IFINDEX]);
  t.equal(hex(all.get(IFLA.IFNAME)), "657468256400", "without its padding");
});

test("a length that leads out of the buffer ends the reading, and 0 does not make it endless", async (t) => {
  const [, bytes] = REQUESTS[0] as (typeof REQUESTS)[number];
  t.strictSame(messages(bytes.subarray(0, 20)), []);
  t.strictSame(messages(new Uint8Array(32)), []);
  t.strictSame(messages(new Uint8Array(3)), []);
  const broken = bytes.slice();
  broken[32] = 200;
  t.equal(attributes(messages(broken)[0]?.body as Uint8Array, IFINFOMSG).size, 0);
  broken[32] = 0;
  t.equal(attributes(messages(broken)[0]?.body as Uint8Array, IFINFOMSG).size, 0);
});

test("the two bits above an attribute's type are not part of it", async (t) => {
  const body = message({ type: 1, flags: 0, seq: 0 }, IFADDRMSG, {}, new Map([[0x8003, uint32(9)]])).subarray(16);
  t.strictSame([...attributes(body, IFADDRMSG).keys()], [3]);
});

test("an error is an errno and, with it, the kernel's words; an acknowledgement is 0", async (t) => {
  const error = new Uint8Array([...new Uint8Array(new Int32Array([-19]).buffer), ...new Uint8Array(16)]);
  t.match(answer(error), { errno: 19 });
  const words = new Uint8Array([...error, 8, 0, NLMSGERR_ATTR.MSG, 0, 110, 111, 33, 0]);
  t.equal(hex(answer(words).attributes.get(NLMSGERR_ATTR.MSG)), "6e6f2100");
  t.equal(answer(new Uint8Array(20)).errno, 0);
});
