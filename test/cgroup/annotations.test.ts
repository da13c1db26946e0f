/** Annotations that are properties of the unit. */
import { test } from "tap";
import { annotatedProperties } from "../../lib/cgroup/annotations.ts";

const key = (name: string) => `org.systemd.property.${name}`;

test("annotations are properties, seconds microseconds", (t) => {
  t.strictSame(
    annotatedProperties({
      "not.about.systemd": "1",
      [key("After")]: "['a.service']",
      [key("TimeoutStopSec")]: "uint64 5",
      [key("RuntimeMaxSec")]: "1.5",
      [key("TimeoutStopUSec")]: "uint64 5",
    }),
    [
      ["After", { signature: "as", value: ["a.service"] }],
      ["TimeoutStopUSec", { signature: "t", value: 5_000_000n }],
      ["RuntimeMaxUSec", { signature: "t", value: 1_500_000n }],
      ["TimeoutStopUSec", { signature: "t", value: 5n }],
    ],
  );
  t.strictSame(annotatedProperties(undefined), []);
  t.end();
});

test("what is wrong is told with the annotation", (t) => {
  for (const [name, text] of [
    ["lower", "1"],
    ["With.Dot", "1"],
    ["", "1"],
    ["After", "["],
    ["TimeoutStopSec", "'5'"],
    ["TimeoutStopSec", "-5"],
  ] as const) {
    t.throws(
      () => annotatedProperties({ [key(name)]: text }),
      { message: `annotation ${key(name)}` },
      `${name}: ${text}`,
    );
  }
  t.end();
});
