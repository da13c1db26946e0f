/** Session keyrings, keyrings(7): a container has its own, named by its id, unless it is to keep the caller's. */
import { test } from "tap";
import { container } from "../support/container.ts";

/** What keyctl(2) says of the session keyring: type;uid;gid;rights;name. */
const KEYRING = { process: { args: ["probe", "keyring"] } };

test("the container's first process has the session keyring _ses.ID, which its possessor may do all with", async (t) => {
  const subject = container(t, KEYRING);
  const { stdout, stderr } = await subject.run();
  if (stderr.includes("Function not implemented")) return t.pass("this kernel has no keyrings");
  return t.equal(stdout, `keyring;0;0;3f1b0000;_ses.${subject.id}\n`, stderr);
});

test("--no-new-keyring: it has not", async (t) => {
  const subject = container(t, KEYRING);
  const { stdout } = await subject.run(["--no-new-keyring"]);
  t.notMatch(stdout, subject.id);
});

test("two containers have two keyrings, of different users too", async (t) => {
  for (const uid of [0, 1000]) {
    const subject = container(t, { process: { ...KEYRING.process, user: { uid, gid: uid } } });
    const { stdout, stderr } = await subject.run();
    if (!stderr.includes("Function not implemented")) t.match(stdout, `;_ses.${subject.id}\n`);
  }
});
