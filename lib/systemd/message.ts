/** Messages of libdbus: written and read value by value, dbus_message_iter_init_append(3) and following. */
import { address, call, decode, encode } from "../sys/ffi.ts";
import { completeTypes, type Value, type Variant } from "./value.ts";

/** A DBusMessage*; whoever has one gives it back with dbus_message_unref. */
export type Message = number;

/** DBusMessageIter is opaque, and smaller than this. */
const ITERATOR_SIZE = 128;

/** Codes of types, which are those of signatures but for the two that open there with a bracket. */
const TYPE = { array: code("a"), variant: code("v"), struct: code("r"), entry: code("e") } as const;

function code(letter: string): number {
  return letter.charCodeAt(0);
}

/** A call of `method` with arguments of the types of `signature`. */
export function methodCall(
  destination: string,
  path: string,
  method: string,
  signature: string,
  args: readonly Value[],
): Message {
  const dot = method.lastIndexOf(".");
  const name = method.slice(dot + 1);
  const message = call("dbus_message_new_method_call", destination, path, method.slice(0, dot), name);
  const iterator = new Uint8Array(ITERATOR_SIZE);
  call("dbus_message_iter_init_append", message, iterator);
  completeTypes(signature).forEach((type, index) => {
    append(iterator, type, args[index] as Value);
  });
  return message;
}

function append(iterator: Uint8Array, type: string, value: Value): void {
  switch (type[0]) {
    case "a": {
      const element = type.slice(1);
      inside(iterator, TYPE.array, element, (each) => {
        for (const item of value as readonly Value[]) append(each, element, item);
      });
      return;
    }
    case "v": {
      const { signature, value: held } = value as Variant;
      inside(iterator, TYPE.variant, signature, (only) => append(only, signature, held));
      return;
    }
    case "(":
    case "{":
      inside(iterator, type[0] === "(" ? TYPE.struct : TYPE.entry, null, (each) => {
        completeTypes(type.slice(1, -1)).forEach((member, index) => {
          append(each, member, (value as readonly Value[])[index] as Value);
        });
      });
      return;
    case "s":
    case "o":
    case "g": {
      const text = encode(`${value}\0`);
      call("dbus_message_iter_append_basic", iterator, code(type), new BigUint64Array([BigInt(address(text))]));
      return;
    }
    case "d":
      call("dbus_message_iter_append_basic", iterator, code(type), new Float64Array([Number(value)]).buffer);
      return;
    default:
      // Of an integer libdbus takes as many of the low bytes as its type has.
      call("dbus_message_iter_append_basic", iterator, code(type), new BigInt64Array([BigInt(value as number)]));
  }
}

function inside(iterator: Uint8Array, type: number, signature: string | null, fill: (inner: Uint8Array) => void): void {
  const inner = new Uint8Array(ITERATOR_SIZE);
  call("dbus_message_iter_open_container", iterator, type, signature, inner);
  fill(inner);
  call("dbus_message_iter_close_container", iterator, inner);
}

/** The arguments of a message that are strings, paths or numbers; of a variant, what it holds. Others are left out. */
export function argumentsOf(message: Message): (string | number)[] {
  const iterator = new Uint8Array(ITERATOR_SIZE);
  const args: (string | number)[] = [];
  if (call("dbus_message_iter_init", message, iterator) === 0) return args;
  do {
    const value = read(iterator);
    if (value !== undefined) args.push(value);
  } while (call("dbus_message_iter_next", iterator) !== 0);
  return args;
}

function read(iterator: Uint8Array): string | number | undefined {
  const type = String.fromCharCode(call("dbus_message_iter_get_arg_type", iterator));
  if (type === "v") {
    const inner = new Uint8Array(ITERATOR_SIZE);
    call("dbus_message_iter_recurse", iterator, inner);
    return read(inner);
  }
  if (!"sogubiqny".includes(type)) return undefined;
  const word = new BigUint64Array(1);
  call("dbus_message_iter_get_basic", iterator, word);
  return "sog".includes(type) ? textAt(Number(word[0])) : Number(word[0]);
}

/** The C string at an address; "" at none. */
export function textAt(pointer: number): string {
  if (pointer === 0) return "";
  const bytes = new Uint8Array(call("strlen", pointer));
  if (bytes.length > 0) call("memcpy", bytes, pointer, bytes.length);
  return decode(bytes);
}
