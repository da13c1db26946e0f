/**
 * JavaScript to the executable, a static-pie. The engine and lib/sys/*.c are linked twice: the first file loads the script and
 * writes its heap, the second has that heap in place. All else stands at the same distances in both, or the heap would be worthless.
 */
import { copyFile, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { COMPILER, type Engine } from "./engine.ts";
import { type Made, relocatable } from "./heap.ts";
import { run } from "./tools.ts";

/** Our C has no warning, ever. */
export const WARNINGS = ["-Wall", "-Wextra", "-Werror"];
const COMPILE = ["-std=gnu17", "-O2", "-fPIE", "-fstack-protector-strong", "-ffunction-sections", "-fdata-sections"];
/** Of the heap in memory: where the kernel puts nothing by itself, neither on x86-64 nor on aarch64. */
const IMAGE_ADDRESS = "0x10000000";
/** Of the heap in the file: above what the linker places by itself. */
const IMAGE_OFFSET = "0x1000000";
const LINK = [
  "-static",
  "-nostartfiles",
  "-Wl,-pie,--no-dynamic-linker,-z,text",
  "-Wl,--gc-sections",
  "-Wl,-z,relro,-z,now,-z,noexecstack",
  "-Wl,--build-id=none",
  `-Wl,--section-start=.image=${IMAGE_OFFSET}`,
  "-Wl,-T,bin/build/discard.ld",
];
/** Debian's, made for glibc: lib/sys/glibc.c has what of it they need. */
const LIBRARIES = ["libseccomp.a", "libdbus-1.a"];
/** Of lib/sys/*.c. */
const OBJECTS = ["dbus.o", "ffi.o", "glibc.o", "image.o", "text.o"];

/**
 * Makes `product` of the bundled `script`; it is replaced in one step. `folder`, of the same file system, takes what is made
 * in between.
 */
export async function link(engine: Engine, script: string, folder: string, product: string): Promise<void> {
  const file = (name: string): string => join(folder, name);
  const libraries = await Promise.all(LIBRARIES.map(debianLibrary));
  const start = await startFile();
  const headers = ["-isystem", engine.include, ...(await debianHeaders())];
  const compile = (options: readonly string[], output: string, ...inputs: string[]): Promise<string> =>
    run(COMPILER, [...options, ...WARNINGS, ...headers, "-o", file(output), ...inputs]);
  const linkAround = async (name: string, heap: string): Promise<void> => {
    await writeFile(file("heap.S"), heap);
    await compile(["-c"], "heap.o", file("heap.S"));
    await compile(LINK, name, start, ...OBJECTS.map(file), file("heap.o"), engine.library, ...libraries);
  };

  await Promise.all([
    ...OBJECTS.map((object) =>
      compile([...COMPILE, `-DIMAGE_ADDRESS=${IMAGE_ADDRESS}`, "-c"], object, `lib/sys/${object.replace(/o$/, "c")}`),
    ),
    compile(["-O2", "-static", "-no-pie"], "compile", "bin/build/compile.c", engine.library),
  ]);
  await run(file("compile"), [script, file("bytecode")]);
  const make = async (name: string): Promise<Made> => {
    const base = await run(file("maker"), [file("bytecode"), file(name)]);
    return { base: BigInt(base.trim()), heap: await readFile(file(name)) };
  };
  await linkAround("maker", section("nobits", ".zero 0x4000000", ""));
  const { heap, offsets } = relocatable(await make("first"), await make("second"));
  await writeFile(file("heap"), heap);
  await linkAround("whole", section("progbits", `.incbin ${JSON.stringify(file("heap"))}`, `.long ${offsets.join()}`));
  if ((await addresses(file("maker"))) !== (await addresses(file("whole")))) {
    throw new Error("the linker placed things differently the second time: the heap points nowhere");
  }
  await run("strip", ["-o", file("stripped"), file("whole")]);
  // As it is once it is installed, or read from the disk: of a file that is written bit by bit, as strip does, a command has half a
  // megabyte more in memory.
  await copyFile(file("stripped"), file("copied"));
  await rename(file("copied"), product);
}

/** The path of a static library. */
async function debianLibrary(name: string): Promise<string> {
  return (await run("gcc", [`-print-file-name=${name}`])).trim();
}

/** What musl begins a static-pie with: the specs of musl-gcc know only that of other executables. */
async function startFile(): Promise<string> {
  const triplet = (await run("gcc", ["-print-multiarch"])).trim();
  return `/usr/lib/${triplet.replace(/gnu$/, "musl")}/rcrt1.o`;
}

/** For the headers of libraries and of the kernel, which musl's folder does not have: looked through after that one. */
export async function debianHeaders(): Promise<string[]> {
  const triplet = (await run("gcc", ["-print-multiarch"])).trim();
  const dbus = ["/usr/include/dbus-1.0", `/usr/lib/${triplet}/dbus-1.0/include`];
  return ["/usr/include", `/usr/include/${triplet}`, ...dbus].flatMap((folder) => ["-idirafter", folder]);
}

/** The assembly of the section that image.c moves: the heap, aligned to the largest page, and the offsets of words in it. */
function section(type: string, heap: string, offsets: string): string {
  return `.section .image, "aw", @${type}
.globl image_section, heap_end, image_end
.balign 65536
image_section: ${heap}
heap_end: ${offsets}
image_end:
.section .note.GNU-stack, "", @progbits
`;
}

/** Where everything stands, but for the heap. */
async function addresses(file: string): Promise<string> {
  const lines = (await run("nm", ["--numeric-sort", file])).split("\n");
  return lines.filter((line) => !/ (image_section|heap_end|image_end|_end)$/.test(line)).join("\n");
}
