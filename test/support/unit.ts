/**
 * Every test that makes no container, in one process: to start Node and read the libraries for each file would take
 * seven times as long as the tests do. (`tap run test/support/unit.ts`)
 */
import { unitTests } from "./test-files.ts";

for (const file of unitTests()) await import(`../../${file}`);
