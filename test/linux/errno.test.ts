import { getSystemErrorName } from "node:util";
import { test } from "tap";
import { E, errnoName, errnoText, reason } from "../../lib/linux/errno.ts";

test("errnoName() gives the names that Node knows too", (t) => {
  for (const number of Object.values(E)) {
    const theirs = getSystemErrorName(-number);
    if (theirs.startsWith("E")) t.equal(errnoName(number).replace("EOPNOTSUPP", "ENOTSUP"), theirs);
  }
  t.equal(errnoName(524), "errno 524");
  t.equal(errnoName(0), "errno 0");
  t.end();
});

test("every errno has its words, lower case as Go prints them", (t) => {
  for (const [name, number] of Object.entries(E)) t.match(errnoText(number), /^([a-z.]|RFS|RPC)/, name);
  t.equal(errnoText(E.ENOENT), "no such file or directory");
  t.equal(errnoText(E.EPERM), "operation not permitted");
  t.equal(errnoText(E.EACCES), "permission denied");
  t.equal(errnoText(E.EHWPOISON), "memory page has hardware error");
  t.equal(errnoText(524), "");
  t.end();
});

test("reason() is the name and the words", (t) => {
  t.equal(reason(E.EPERM), "EPERM: operation not permitted");
  t.equal(reason(524), "errno 524");
  t.end();
});
