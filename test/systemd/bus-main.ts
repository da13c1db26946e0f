/** What the tests of buses run in the engine: connects to the address argv[1] and waits argv[2] milliseconds for each answer. */
import { describe } from "../../lib/base/errors.ts";
import { argv } from "../../lib/sys/ffi.ts";
import { write } from "../../lib/sys/file.ts";
import { Bus } from "../../lib/systemd/bus.ts";

export function main(): number {
  const [, address = "", timeout] = argv;
  try {
    new Bus(address, undefined, Number(timeout)).close();
    return 0;
  } catch (error) {
    write(2, describe(error));
    return 1;
  }
}
