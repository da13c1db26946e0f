/** The services of a host that keep logs, and the datagrams that they take: systemd-journald(8), syslog(3). */

/** The severities of syslog(3). */
const PRIORITIES = { error: 3, warning: 4, debug: 7 } as const;

/** What a message may be. */
export type Level = keyof typeof PRIORITIES;

/** A message for a service. */
export interface ServiceMessage {
  readonly identifier: string;
  readonly level: Level;
  readonly message: string;
  readonly date: Date;
  readonly pid: number;
}

interface Service {
  /** Path of its Unix datagram socket. */
  readonly socket: string;
  readonly datagram: (message: ServiceMessage, encode: (text: string) => Uint8Array) => Uint8Array;
}

/** By the word before the colon of --log. */
export const SERVICES = {
  journald: { socket: "/run/systemd/journal/socket", datagram: journalDatagram },
  syslog: { socket: "/dev/log", datagram: syslogDatagram },
} as const satisfies Record<string, Service>;

export type ServiceName = keyof typeof SERVICES;

/** systemd's "Native Journal Protocol": a field a line; one with lines of its own has its size before it, 64 bits. */
function journalDatagram(
  { identifier, level, message }: ServiceMessage,
  encode: (text: string) => Uint8Array,
): Uint8Array {
  const head = encode(`PRIORITY=${PRIORITIES[level]}\nSYSLOG_IDENTIFIER=${identifier}\nMESSAGE\n`);
  const text = encode(message);
  const datagram = new Uint8Array(head.length + 8 + text.length + 1);
  datagram.set(head);
  new DataView(datagram.buffer).setBigUint64(head.length, BigInt(text.length), true);
  datagram.set(text, head.length + 8);
  datagram[datagram.length - 1] = 10;
  return datagram;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** LOG_USER, syslog(3). */
const FACILITY = 1;

/** RFC 3164, as syslog(3) sends it: no host, local time, one line. */
function syslogDatagram(
  { identifier, level, message, date, pid }: ServiceMessage,
  encode: (text: string) => Uint8Array,
): Uint8Array {
  const two = (number: number): string => String(number).padStart(2, "0");
  const day = String(date.getDate()).padStart(2, " ");
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  const stamp = `${MONTHS[date.getMonth()]} ${day} ${time}`;
  const line = message.replaceAll("\n", " ");
  return encode(`<${FACILITY * 8 + PRIORITIES[level]}>${stamp} ${identifier}[${pid}]: ${line}`);
}
