/** Hooks of config.md § POSIX-platform Hooks: programs that run around the container's life, with an environment of their own. */
import type { Hook, OciConfig } from "../config/schema.ts";
import type { HookSpec, HooksSpec } from "./container-spec.ts";

/** All six lists. `args` defaults to the path alone; `env` is the hook's own and nothing else. */
export function hooksSpec({ hooks }: Pick<OciConfig, "hooks">): HooksSpec {
  return {
    prestart: hookList(hooks?.prestart),
    createRuntime: hookList(hooks?.createRuntime),
    createContainer: hookList(hooks?.createContainer),
    startContainer: hookList(hooks?.startContainer),
    poststart: hookList(hooks?.poststart),
    poststop: hookList(hooks?.poststop),
  };
}

function hookList(list: readonly Hook[] = []): HookSpec[] {
  return list.map(({ path, args = [], env = [], timeout }) => {
    return { path, args: args.length > 0 ? args : [path], env, timeout };
  });
}
