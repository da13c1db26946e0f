/** What the files of a container's cgroup say before an update, so that one that fails half way leaves nothing changed. */
import { describe, RuntimeError } from "../base/errors.ts";
import type { CgroupRecord } from "../spec/cgroup-record.ts";
import { readFileIfExists } from "../sys/file.ts";
import { applyBatches } from "./apply.ts";
import { formerValue } from "./former.ts";
import { parentOf } from "./path.ts";
import type { Batch } from "./plan.ts";
import { limitProperties } from "./properties.ts";
import { directoryOf } from "./record.ts";
import { setScopeProperties } from "./scope.ts";
import type { Write } from "./write.ts";

/** Writes of what the files of `batches` say now. What can't be read, or not be written as it is read, is left out, and so are devices. */
export function presentBatches(record: CgroupRecord, batches: readonly Batch[]): Batch[] {
  return batches.flatMap(({ hierarchy, writes, devices }) => {
    const path = directoryOf(record, hierarchy);
    if (path === undefined || devices !== undefined) return [];
    return [{ hierarchy, controllers: [], writes: writes.flatMap((write) => presentWrites(path, write)) }];
  });
}

function presentWrites(path: string, { property, file, value, otherwise }: Write): Write[] {
  const text = presentText(path, file);
  if (text === undefined) return (otherwise ?? []).flatMap((each) => presentWrites(path, each));
  const former = formerValue(file, text, value);
  if (former === undefined) return [];
  // A group that becomes idle forgets its shares.
  const shares = file === "cpu.idle" && former === "0" ? ["cpu.shares", "cpu.weight"] : [];
  const forgotten = shares.flatMap((name) => presentWrites(path, { property: "cpu.shares", file: name, value: "" }));
  return [{ property, file, value: former }, ...forgotten];
}

/** An empty list of processors or nodes means what the cgroup above has. Under processes v2 lets nobody empty it again. */
function presentText(path: string, file: string): string | undefined {
  const text = readable(`${path}/${file}`);
  if (!file.startsWith("cpuset.") || text?.trim() !== "") return text;
  return readable(`${parentOf(path)}/${file}.effective`) ?? text;
}

/** Some files can only be written. */
function readable(path: string): string | undefined {
  try {
    return readFileIfExists(path);
  } catch {
    return undefined;
  }
}

/**
 * Writes what `before` says where it has changed, and tells systemd.
 * @param period of the cpu controller before, in microseconds
 * @param error why
 * @throws RuntimeError `error`, with what can't be put back
 */
export function putBack(
  record: CgroupRecord,
  before: readonly Batch[],
  period: number | undefined,
  error: unknown,
): never {
  const failures: string[] = [];
  const attempt = (action: () => void): void => {
    try {
      action();
    } catch (failure) {
      failures.push(describe(failure));
    }
  };
  const { scope } = record;
  if (scope) attempt(() => setScopeProperties(scope, limitProperties(before, period)));
  for (const batch of [...before].reverse()) {
    const path = directoryOf(record, batch.hierarchy);
    const hasChanged = (write: Write) => presentWrites(path ?? "", write)[0]?.value !== write.value;
    const writes = batch.writes.filter(hasChanged);
    if (writes.length > 0) attempt(() => applyBatches(record, [{ ...batch, writes }]));
  }
  if (failures.length === 0) throw error;
  throw new RuntimeError(`${describe(error)}; what was set before that stays: ${failures.join("; ")}`);
}
