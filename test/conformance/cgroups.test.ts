/** runt by the cases of the conformance suite that depend on cgroups: for machines, and a guest, of other cgroups than this one. */
import { isOfCgroups, testCases } from "./measured.ts";

testCases(isOfCgroups);
