/**
 * What the code of a program does is the same for every program: it walks rows. A row is one system call or one decision: ten
 * doubles, since the engine stores any number as a double in one go, and the code reads them as 64-bit integers.
 *
 * | field     | a system call                      | attempt   | go      | when  | store   | item   | clone  | rest   | fail  |
 * |-----------|------------------------------------|-----------|---------|-------|---------|--------|--------|--------|-------|
 * | op        | its number                         | -1        | -2      | -3    | -4, -5  | -6     | -7     | -8     | -9    |
 * | args 0    | argument                           | errnos    | attempt | value | address | cursor | args   | start  | errno |
 * | args 1    | argument                           | otherwise | row     | mask  | value   | end    | size   | memory |       |
 * | args 2    | argument                           | outer     |         | equal |         | slot   | result |        |       |
 * | args 3    | argument                           |           |         | row   |         | row    | row    |        |       |
 * | args 4    | argument                           |           |         |       |         | steps  |        |        |       |
 * | args 5    | argument                           |           |         |       |         |        |        |        |       |
 * | meta      | the step's index, and what to load in place of the arguments                                |
 * | result    | address for the result, or 0       |           |         |       |         |        |        |       |
 * | tolerate  | errnos, or 0                       |           |         |       |         |        |        |       |
 *
 * `errnos` is the address of 64-bit words ended by 0; an attempt without them catches any errno. Rows are told by their offset
 * in bytes from the first; offset 0 in place of an attempt means that there is none, for the first row is none. `go` sets the
 * attempt that is in force and the next row; `when` goes to a row if the masked value differs. `item` copies the word that the
 * cursor points to into a slot and moves the cursor on; at the end of the table it goes to a row. What it adds up in `steps`
 * is added to the index that a failure reports, since a step in a loop counts anew for each item. `clone` calls clone3(2): the new
 * process goes on with the next row; its maker stores the pid, which a thread in the same memory must not see as its own, and
 * goes to a row. `rest` begins as the program itself has begun, with other rows and other memory: see elf.ts for `start`.
 *
 * openat2(2) is called again when it answers EAGAIN: it does so when it follows `..` inside a root and anything on the machine
 * is mounted or renamed at that moment, which is what a machine does that starts containers.
 */

/** Numbers in a row. */
export const ROW = 10;

/** Places of the fields in a row; the arguments begin at `ARGS`. */
export const ARGS = 1;
export const META = 7;
export const RESULT = 8;
export const TOLERATE = 9;

/** Rows that are no system call. */
export const OP = {
  ATTEMPT: -1,
  GO: -2,
  WHEN: -3,
  STORE_4: -4,
  STORE_8: -5,
  ITEM: -6,
  CLONE: -7,
  REST: -8,
  FAIL: -9,
} as const;

/** Steps that `meta` can tell apart: the bits above say which arguments are addresses of 8 or of 4 bytes to be loaded. */
export const MAX_STEPS = 0xfffff;
export const LOAD_8 = [0x100000, 0x200000, 0x400000, 0x800000, 0x1000000, 0x2000000] as const;
export const LOAD_4 = [0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000, 0x80000000] as const;

/** A machine's code. */
export interface Interpreter {
  /** e_machine of the ELF header. */
  readonly elfMachine: number;
  readonly code: Uint8Array;
}
