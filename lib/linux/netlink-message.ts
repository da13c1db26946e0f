/** Messages of rtnetlink(7), made and read: a header, a structure of the message's type, attributes; all padded to 4 bytes. */

/** Fields in their order: name and width. */
export type Layout = readonly (readonly [name: string, width: 1 | 2 | 4])[];

/** struct nlmsghdr, netlink(7). */
export const NLMSGHDR = [
  ["len", 4],
  ["type", 2],
  ["flags", 2],
  ["seq", 4],
  ["pid", 4],
] as const satisfies Layout;

/** struct ifinfomsg, rtnetlink(7). */
export const IFINFOMSG = [
  ["family", 1],
  ["pad", 1],
  ["type", 2],
  ["index", 4],
  ["flags", 4],
  ["change", 4],
] as const satisfies Layout;

/** struct ifaddrmsg, rtnetlink(7). */
export const IFADDRMSG = [
  ["family", 1],
  ["prefixlen", 1],
  ["flags", 1],
  ["scope", 1],
  ["index", 4],
] as const satisfies Layout;

/** struct nlmsgerr without the header of the message that failed. */
const NLMSGERR = [["error", 4]] as const satisfies Layout;

/** struct rtattr; its length counts itself. */
const RTATTR = [
  ["len", 2],
  ["type", 2],
] as const satisfies Layout;

/** The fields of a layout by name; what is left out of a message is 0. */
export type Fields<L extends Layout> = Partial<Record<L[number][0], number>>;

/** By type. */
export type Attributes = ReadonlyMap<number, Uint8Array>;

/** One message as it was received. */
export interface Message {
  readonly type: number;
  readonly flags: number;
  readonly seq: number;
  /** What stands behind the header. */
  readonly body: Uint8Array;
}

function sizeOf(layout: Layout): number {
  return layout.reduce((sum, [, width]) => sum + width, 0);
}

function padded(length: number): number {
  return (length + 3) & ~3;
}

/** Writes the fields at `at`; answers the place behind them. */
function write(
  view: DataView,
  at: number,
  layout: Layout,
  fields: Readonly<Record<string, number | undefined>>,
): number {
  let place = at;
  for (const [name, width] of layout) {
    const value = fields[name] ?? 0;
    if (width === 4) view.setUint32(place, value, true);
    else if (width === 2) view.setUint16(place, value, true);
    else view.setUint8(place, value);
    place += width;
  }
  return place;
}

/** A whole message. `length` and padding are filled in. */
export function message<L extends Layout>(
  header: { readonly type: number; readonly flags: number; readonly seq: number },
  layout: L,
  fields: Fields<L>,
  attributes: Attributes = new Map(),
): Uint8Array {
  let length = sizeOf(NLMSGHDR) + sizeOf(layout);
  for (const value of attributes.values()) length += sizeOf(RTATTR) + padded(value.length);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  let at = write(view, 0, NLMSGHDR, { ...header, len: length });
  at = write(view, at, layout, fields);
  for (const [type, value] of attributes) {
    at = write(view, at, RTATTR, { len: sizeOf(RTATTR) + value.length, type });
    bytes.set(value, at);
    at += padded(value.length);
  }
  return bytes;
}

/** The messages that were received in one go. A length that leads out of the buffer ends them. */
export function messages(bytes: Uint8Array): Message[] {
  const found: Message[] = [];
  for (let at = 0; at + sizeOf(NLMSGHDR) <= bytes.length; ) {
    const { len, type, flags, seq } = read(bytes.subarray(at), NLMSGHDR);
    if (len < sizeOf(NLMSGHDR) || at + len > bytes.length) break;
    found.push({ type, flags, seq, body: bytes.subarray(at + sizeOf(NLMSGHDR), at + len) });
    at += padded(len);
  }
  return found;
}

/** The fields at the beginning of a body. */
export function read<L extends Layout>(bytes: Uint8Array, layout: L): Record<L[number][0], number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields: Record<string, number> = {};
  let at = 0;
  for (const [name, width] of layout) {
    fields[name] = width === 4 ? view.getUint32(at, true) : width === 2 ? view.getUint16(at, true) : view.getUint8(at);
    at += width;
  }
  return fields;
}

/** The attributes of a body that begins with `layout`. */
export function attributes(body: Uint8Array, layout: Layout): Attributes {
  return attributesAt(body, sizeOf(layout));
}

function attributesAt(body: Uint8Array, start: number): Attributes {
  const found = new Map<number, Uint8Array>();
  for (let at = start; at + sizeOf(RTATTR) <= body.length; ) {
    const { len, type } = read(body.subarray(at), RTATTR);
    if (len < sizeOf(RTATTR) || at + len > body.length) break;
    // The two highest bits say how the value is written.
    found.set(type & 0x3fff, body.subarray(at + sizeOf(RTATTR), at + len));
    at += padded(len);
  }
  return found;
}

/** What an NLMSG_ERROR says: the errno, 0 for an acknowledgement, and the attributes that come with it (NETLINK_CAP_ACK). */
export function answer(body: Uint8Array): { readonly errno: number; readonly attributes: Attributes } {
  const { error } = read(body, NLMSGERR);
  return { errno: -(error | 0), attributes: attributesAt(body, sizeOf(NLMSGERR) + sizeOf(NLMSGHDR)) };
}

/** An attribute of 32 bits. */
export function uint32(value: number): Uint8Array {
  return new Uint8Array(new Uint32Array([value]).buffer);
}
