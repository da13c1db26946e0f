import { test } from "tap";
import {
  parseBlkio,
  parseFields,
  parseInterfaces,
  parseIoStat,
  parseList,
  parseNumber,
  parsePressure,
  UNLIMITED,
} from "../../lib/cgroup/stat-text.ts";

test("parseNumber()", async (t) => {
  t.equal(parseNumber("9223372036854771712\n"), 9223372036854771712n);
  t.equal(parseNumber("max\n"), UNLIMITED);
  for (const text of [undefined, "", "x", "1 2"]) t.equal(parseNumber(text), undefined);
});

test("parseFields()", async (t) => {
  t.strictSame(parseFields("cache 4096\nrss 0\nodd line here\n"), { cache: 4096n, rss: 0n });
  t.strictSame(parseFields(undefined), {});
});

test("parseList()", async (t) => {
  t.strictSame(parseList("0-2,7\n"), [0, 1, 2, 7]);
  t.strictSame(parseList("\n"), []);
  t.strictSame(parseList(undefined), []);
});

test("parseBlkio()", async (t) => {
  t.strictSame(parseBlkio("8:0 Read 5\n8:0 Total 18446744073709551615\n8:16 7\nTotal 12\n"), [
    { major: 8, minor: 0, value: 5n, op: "Read" },
    { major: 8, minor: 0, value: 18446744073709551615n, op: "Total" },
    { major: 8, minor: 16, value: 7n },
  ]);
  t.strictSame(parseBlkio(undefined), []);
});

test("parseIoStat()", async (t) => {
  t.strictSame(parseIoStat("8:0 rbytes=5 wbytes=6 rios=1\n7:1 \n", { rbytes: "Read", rios: "R" }), [
    { major: 8, minor: 0, op: "Read", value: 5n },
    { major: 8, minor: 0, op: "R", value: 1n },
  ]);
});

test("parsePressure()", async (t) => {
  const text = "some avg10=1.50 avg60=0.00 avg300=0.25 total=77\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n";
  const some = { avg10: 1.5, avg60: 0, avg300: 0.25, total: 77n };
  t.strictSame(parsePressure(text), { psi: { some, full: { avg10: 0, avg60: 0, avg300: 0, total: 0n } } });
  t.strictSame(parsePressure(undefined), {});
  t.strictSame(parsePressure(""), {});
});

test("parseInterfaces()", async (t) => {
  const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:     120       2    0    0    0     0          0         0      120       2    0    0    0     0       0          0
 veth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16
`;
  const [lo, veth] = parseInterfaces(text);
  t.match(lo, { Name: "lo", RxBytes: 120n, TxPackets: 2n });
  t.strictSame(veth, {
    Name: "veth0",
    RxBytes: 1n,
    RxPackets: 2n,
    RxErrors: 3n,
    RxDropped: 4n,
    TxBytes: 9n,
    TxPackets: 10n,
    TxErrors: 11n,
    TxDropped: 12n,
  });
  t.strictSame(parseInterfaces(undefined), []);
});
