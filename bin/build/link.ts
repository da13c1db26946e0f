/**
 * JavaScript to the executable. The engine and lib/sys/*.c are linked twice: the first file loads the script and writes its
 * heap, the second has that heap in place. All else in the two files stands at the same addresses, or the heap would be
 * worthless, which is why they are no position-independent executables.
 */
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { COMPILER, type Engine } from "./engine.ts";
import { run } from "./tools.ts";

/** Our C has no warning, ever. */
export const WARNINGS = ["-Wall", "-Wextra", "-Werror"];
const COMPILE = ["-std=gnu17", "-O2", "-fno-pie", "-fstack-protector-strong", "-ffunction-sections", "-fdata-sections"];
/** Above what the linker places by itself. */
const IMAGE_ADDRESS = "0x10000000";
const LINK = [
  "-static",
  "-no-pie",
  "-Wl,--gc-sections",
  "-Wl,-z,relro,-z,now,-z,noexecstack",
  "-Wl,--build-id=none",
  `-Wl,--section-start=.image=${IMAGE_ADDRESS}`,
];
/** Debian's, made for glibc: lib/sys/glibc.c has what of it they need. */
const LIBRARIES = ["libseccomp.a"];
/** Of lib/sys/*.c. */
const OBJECTS = ["ffi.o", "glibc.o", "image.o", "text.o"];

/**
 * Makes `product` of the bundled `script`; it is replaced in one step. `folder`, of the same file system, takes what is made
 * in between.
 */
export async function link(engine: Engine, script: string, folder: string, product: string): Promise<void> {
  const file = (name: string): string => join(folder, name);
  const libraries = await Promise.all(LIBRARIES.map(debianLibrary));
  const headers = ["-isystem", engine.include, ...(await debianHeaders())];
  const compile = (options: readonly string[], output: string, ...inputs: string[]): Promise<string> =>
    run(COMPILER, [...options, ...WARNINGS, ...headers, "-o", file(output), ...inputs]);
  const linkAround = async (name: string, heap: string): Promise<void> => {
    await writeFile(file("heap.S"), heap);
    await compile(["-c"], "heap.o", file("heap.S"));
    await compile(LINK, name, ...OBJECTS.map(file), file("heap.o"), engine.library, ...libraries);
  };

  await Promise.all([
    ...OBJECTS.map((object) => compile([...COMPILE, "-c"], object, `lib/sys/${object.replace(/o$/, "c")}`)),
    compile(["-O2", "-static", "-no-pie"], "compile", "bin/build/compile.c", engine.library),
  ]);
  await run(file("compile"), [script, file("bytecode")]);
  await linkAround("maker", section("nobits", ".zero 0x4000000"));
  await run(file("maker"), [file("bytecode"), file("heap")]);
  await linkAround("whole", section("progbits", `.incbin ${JSON.stringify(file("heap"))}`));
  if ((await addresses(file("maker"))) !== (await addresses(file("whole")))) {
    throw new Error("the linker placed things differently the second time: the heap points nowhere");
  }
  await run("strip", ["-o", file("stripped"), file("whole")]);
  await rename(file("stripped"), product);
}

/** The path of a static library. */
async function debianLibrary(name: string): Promise<string> {
  return (await run("gcc", [`-print-file-name=${name}`])).trim();
}

/** For the headers of libraries and of the kernel, which musl's folder does not have: looked through after that one. */
async function debianHeaders(): Promise<string[]> {
  const triplet = (await run("gcc", ["-print-multiarch"])).trim();
  return ["/usr/include", `/usr/include/${triplet}`].flatMap((folder) => ["-idirafter", folder]);
}

/** The assembly of a section for the heap, which image.c calls `image`. */
function section(type: string, content: string): string {
  return `.section .image, "aw", @${type}
.globl image, image_end
.balign 4096
image: ${content}
image_end:
.section .note.GNU-stack, "", @progbits
`;
}

/** Where everything stands, but for the end of the heap. */
async function addresses(file: string): Promise<string> {
  const lines = (await run("nm", ["--numeric-sort", file])).split("\n");
  return lines.filter((line) => !/ (image|image_end|_end)$/.test(line)).join("\n");
}
