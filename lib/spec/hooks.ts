/** Hooks of config.md § POSIX-platform Hooks: programs that run around the container's life, with an environment of their own. */
import type { Config } from "../config/schema.ts";
import type { HookSpec, HooksSpec } from "./container-spec.ts";

interface Hook {
  readonly path: string;
  readonly args?: readonly string[] | null;
  readonly env?: readonly string[] | null;
  readonly timeout?: number | null;
}

/** All six lists. `args` defaults to the path alone; `env` is the hook's own and nothing else. */
export function hooksSpec(config: Config): HooksSpec {
  const { hooks } = config;
  return {
    prestart: hookList(hooks?.prestart),
    createRuntime: hookList(hooks?.createRuntime),
    createContainer: hookList(hooks?.createContainer),
    startContainer: hookList(hooks?.startContainer),
    poststart: hookList(hooks?.poststart),
    poststop: hookList(hooks?.poststop),
  };
}

function hookList(list: readonly Hook[] | null | undefined): HookSpec[] {
  return (list ?? []).map(({ path, args, env, timeout }) => ({
    path,
    args: args && args.length > 0 ? args : [path],
    env: env ?? [],
    timeout: timeout ?? undefined,
  }));
}
