/** `--regex`: one command for all containers whose ids match. */
import { describe, RuntimeError, UsageError } from "../base/errors.ts";

/**
 * Does `action` for the container `id`, or with `regex` for each one of `all` that the regular expression `id` finds
 * something in. One that fails does not keep the others from their turn.
 * @throws UsageError when it is no regular expression; RuntimeError with a line for each that failed
 */
export function forEachContainer(
  { "container-id": id, regex }: { readonly "container-id": string; readonly regex: boolean },
  all: () => readonly string[],
  action: (id: string) => void,
): void {
  if (!regex) {
    action(id);
    return;
  }
  const pattern = compile(id);
  const failures: string[] = [];
  for (const each of all()) {
    if (!pattern.test(each)) continue;
    try {
      action(each);
    } catch (error) {
      failures.push(`${each}: ${describe(error)}`);
    }
  }
  if (failures.length > 0) throw new RuntimeError(failures.join("\n"));
}

function compile(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new UsageError(`${JSON.stringify(text)} is no regular expression`, {
      cause: new RuntimeError((error as Error).message),
    });
  }
}
