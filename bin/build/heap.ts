/**
 * The heap of the executable as it is stored. The program is mapped at another place each time, so the words of the heap that
 * point into it count from its beginning, and a list says where they are.
 */

/** A heap as the maker wrote it, and where the maker ran. */
export interface Made {
  readonly heap: Buffer;
  readonly base: bigint;
}

/** A heap whose words at `offsets` lack the address of the program. */
export interface Stored {
  readonly heap: Buffer;
  readonly offsets: readonly number[];
}

/**
 * Two runs of the maker tell which words point into the program: they differ by as much as the places where it ran. Others that
 * differ are the engine's stack limits and random seed, which are set anew when it starts.
 * @throws Error when both ran at the same place
 */
export function relocatable(first: Made, second: Made): Stored {
  const distance = second.base - first.base;
  if (distance === 0n)
    throw new Error("the kernel places no program at random here: what points into it can't be found");
  if (first.heap.length !== second.heap.length) throw new Error("two runs of the maker made heaps of different sizes");
  const heap = Buffer.from(first.heap);
  const offsets: number[] = [];
  for (let at = 0; at < heap.length; at += 8) {
    const word = first.heap.readBigUInt64LE(at);
    // What is below the program differs by as much by chance only.
    if (word < first.base || second.heap.readBigUInt64LE(at) - word !== distance) continue;
    heap.writeBigUInt64LE(word - first.base, at);
    offsets.push(at);
  }
  return { heap, offsets };
}
