/** runt by the conformance suite: every case is a test, but those of cgroups, which are in a file of their own. */
import { isOfCgroups, testCases } from "./measured.ts";

testCases((requirement) => !isOfCgroups(requirement));
