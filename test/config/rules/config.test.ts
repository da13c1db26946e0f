import { test } from "tap";
import { faults } from "../support.ts";
import { rules } from "./table.ts";

test("every release of the spec's major version is taken, with pre-releases and builds", (t) => {
  const versions = ["1.0.0", "1.0.2", "1.0.2-dev", "1.2.1", "1.3.0", "1.3.0+dev", "1.1.0-rc.2", "1.99.0-a.b.1+c.2-x"];
  for (const ociVersion of versions) t.strictSame(faults({ ociVersion }), [], ociVersion);
  t.end();
});

test("another major version is named as such", (t) => {
  for (const ociVersion of ["0.2.0", "2.0.0", "10.0.0"]) {
    t.strictSame(faults({ ociVersion }), [`/ociVersion must be from 1.0.0 on and below 2.0.0: it is "${ociVersion}"`]);
  }
  t.end();
});

test("what is no SemVer is named as such", (t) => {
  for (const ociVersion of [
    "",
    "1",
    "1.3",
    "v1.3.0",
    "1.03.0",
    "1.3.0-",
    "1.3.0-01",
    "1.3.0-a..b",
    "1.3.0 ",
    "1.3.0\n",
  ]) {
    const found = JSON.stringify(ociVersion);
    t.strictSame(faults({ ociVersion }), [
      `/ociVersion must be a version by SemVer 2.0.0, such as 1.3.0: it is ${found}`,
    ]);
  }
  t.end();
});

rules({
  "annotations with names": { config: { annotations: { "com.example": "", " ": "x" } } },
  "an annotation without a name": {
    config: { annotations: { "": "x" } },
    faults: ["/annotations/ must have a name: its name is empty"],
  },
});
