/** Programs for tests that never run. */

/** A 64-bit ELF file of one program header, elf(5). */
export function elf(machine: number, interpreter: string | undefined, type = 3): Buffer {
  const file = Buffer.alloc(64 + 56 + 32);
  file.write("\x7fELF\x02\x01\x01", "latin1");
  file.writeUInt16LE(2, 16);
  file.writeUInt16LE(machine, 18);
  file.writeBigUInt64LE(64n, 32);
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(1, 56);
  file.writeUInt32LE(interpreter === undefined ? 1 : type, 64);
  file.writeBigUInt64LE(120n, 72);
  file.writeBigUInt64LE(32n, 96);
  file.write(interpreter ?? "", 120);
  return file;
}
