/** The part of npm's debug that runs anywhere, which @types/debug leaves out. */
declare module "debug/src/common.js" {
  /** What a platform adds to it. */
  interface Platform {
    load(): string;
    save(names: string): void;
    useColors(): boolean;
    readonly colors: readonly unknown[];
    formatArgs(this: { readonly namespace: string; readonly diff: number }, args: [string, ...unknown[]]): void;
    log(line: string): void;
  }
  interface Debug {
    (namespace: string): (message: string) => void;
    /** Milliseconds in words. */
    humanize(milliseconds: number): string;
  }
  function setup(platform: Platform): Debug;
  export = setup;
}
