/** What runt does, told to whoever debugs it. Most of the time nobody does, and a message is not even made. */

/** Hears the messages; `namespace` is the part of runt that tells one, as in `DEBUG=runt:cgroup`. */
export type Listener = (namespace: string, message: string) => void;

let listener: Listener | undefined;

/** From now on `hear` gets every message. */
export function listen(hear: Listener): void {
  listener = hear;
}

/** Tells what is being done in the part of runt called `namespace`; `message` is called only if somebody listens. */
export function debug(namespace: string, message: () => string): void {
  listener?.(namespace, message());
}
