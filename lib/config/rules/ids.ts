/** Ids of users and groups. */
import { itIs, type Report } from "../rule.ts";

/** To chown(2), setresuid(2) and their kin, "leave as it is": who is given that stays root. */
const UNCHANGED = 0xffff_ffff;

/** Reports an id that stands for none. */
export function needId(id: number | undefined, pointer: string, report: Report): void {
  if (id === UNCHANGED) report(pointer, `be below ${UNCHANGED}, which stands for no id`, itIs(id));
}
