// IPVS as its tools show it: `ipvsadm -Ln` with its variants, `-Sn`, `-Lnc` and /proc/net/ip_vs, byte for byte those of
// ipvsadm 1.31 on Linux 6.1. Every function takes the namespace's tables, IPv4 first. Connections stand oldest first:
// the kernel's order is that of a hash with a random seed. Not modelled: names for addresses, --exact, --rate.
import { type Addr, formatAddr, formatEndpoint } from '../../net/addr.ts';
import { SCTP, TCP } from '../../net/packet.ts';
import type { Ipvs } from './ipvs.ts';
import type {
  Destination,
  DestinationKey,
  DestinationStatus,
  ServiceFlag,
  ServiceKey,
  ServiceStatus,
  Stats,
  VirtualService,
} from './service.ts';

type Tables = readonly Ipvs[];

/** A listing, each line ended. */
function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

const banner = 'IP Virtual Server version 1.2.1 (size=4096)';
const listHead = [
  'Prot LocalAddress:Port Scheduler Flags',
  '  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn',
];
const statsHead = [
  'Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes',
  '  -> RemoteAddress:Port',
];

/** `ipvsadm -Ln`; with a service `ipvsadm -Ln -t ADDR:PORT`, which is an error ("No such service") when there is none. */
export function listServices(tables: Tables, nowMs: number, only?: ServiceKey): string {
  return listing(tables, nowMs, listHead, only, serviceLine, destinationLine);
}

/** `ipvsadm -Ln --stats`. */
export function listStats(tables: Tables, nowMs: number, only?: ServiceKey): string {
  const line = (start: string, { stats }: { readonly stats: Stats }) => {
    const { conns, inPkts, outPkts, inBytes, outBytes } = stats;
    return start.padEnd(33) + [conns, inPkts, outPkts, inBytes, outBytes].map(largeNumber).join('');
  };
  return listing(
    tables,
    nowMs,
    statsHead,
    only,
    (service) => line(`${protoOf(service).padEnd(4)} ${endpoint(service)}`, service),
    (destination) => line(`  -> ${endpoint(destination)}`, destination),
  );
}

function listing(
  tables: Tables,
  nowMs: number,
  head: readonly string[],
  only: ServiceKey | undefined,
  first: (service: ServiceStatus) => string,
  below: (destination: DestinationStatus) => string,
): string {
  const lines = only === undefined ? [banner, ...head] : [...head];
  for (const [ipvs, service] of servicesOf(tables)) {
    if (only !== undefined && compareServices(service, only) !== 0) continue;
    lines.push(first(service));
    for (const destination of destinationsOf(ipvs, service, nowMs)) lines.push(below(destination));
  }
  return text(lines);
}

function serviceLine(service: VirtualService): string {
  const { scheduler, persistence } = service;
  const flags = flagText(service);
  const words = [`${protoOf(service).padEnd(4)} ${endpoint(service)} ${scheduler}`];
  if (flags !== '') words.push(`(${flags})`);
  if (persistence !== null) {
    words.push(`persistent ${persistence.timeoutSeconds}`);
    const mask = maskText(service);
    if (mask !== null) words.push(`mask ${mask}`);
  }
  return words.join(' ');
}

function destinationLine(destination: DestinationStatus): string {
  const { weight, active, inactive } = destination;
  const numbers = `${cell(weight, 6)} ${cell(active, 10)} ${cell(inactive, 10)}`;
  return `  -> ${endpoint(destination).padEnd(28)} Masq    ${numbers}`;
}

/** `ipvsadm -Sn`: what `ipvsadm -R` reads. */
export function saveServices(tables: Tables): string {
  const lines: string[] = [];
  for (const [ipvs, service] of servicesOf(tables)) {
    lines.push(savedService(service));
    for (const destination of destinationsOf(ipvs, service, 0)) {
      lines.push(savedDestination(service, destination));
    }
  }
  return text(lines);
}

/** A virtual service as `ipvsadm -Sn` prints it: "-A -t 10.96.0.1:80 -s rr". */
export function savedService(service: VirtualService): string {
  const { scheduler, persistence } = service;
  const words = [`-A ${serviceOption(service)} ${endpoint(service)} -s ${scheduler}`];
  if (persistence !== null) {
    words.push(`-p ${persistence.timeoutSeconds}`);
    const mask = maskText(service);
    if (mask !== null) words.push(`-M ${mask}`);
  }
  const flags = flagText(service);
  if (flags !== '') words.push(`-b ${flags}`);
  return words.join(' ');
}

/** A destination likewise: "-a -t 10.96.0.1:80 -r 10.244.1.5:8080 -m -w 1". */
export function savedDestination(service: ServiceKey, destination: Destination): string {
  const name = `${serviceOption(service)} ${endpoint(service)}`;
  return `-a ${name} -r ${endpoint(destination)} -m -w ${destination.weight}`;
}

/** `ipvsadm -Lnc`. */
export function listConnections(tables: Tables, nowMs: number): string {
  const lines = [
    'IPVS connection entries',
    'pro expire state       source             virtual            destination',
  ];
  for (const ipvs of tables) {
    for (const entry of ipvs.connections(nowMs)) {
      const seconds = Math.floor((entry.expiresMs - nowMs) / 1000);
      const left = `${twoDigits(Math.floor(seconds / 60))}:${twoDigits(seconds % 60)}`;
      const ends = `${endpoint(entry.client).padEnd(18)} ${endpoint(entry.virtual).padEnd(18)}`;
      const line = `${protoOf(entry)} ${left}  ${entry.state.padEnd(11)} ${ends}`;
      lines.push(`${line} ${endpoint(entry.destination)}`);
    }
  }
  return text(lines);
}

/** `ipvsadm -L --timeout`. */
export function listTimeouts({ timeouts }: Ipvs): string {
  return `Timeout (tcp tcpfin udp): ${timeouts.tcp} ${timeouts.tcpFin} ${timeouts.udp}\n`;
}

/** /proc/net/ip_vs: in the kernel's order, numbers in hexadecimal, persistence in jiffies (HZ=250). */
export function procText(tables: Tables, nowMs: number): string {
  const lines = [
    banner,
    'Prot LocalAddress:Port Scheduler Flags',
    '  -> RemoteAddress:Port Forward Weight ActiveConn InActConn',
  ];
  for (const ipvs of tables) {
    for (const service of ipvs.services()) {
      const { scheduler, persistence, addr } = service;
      const ops = typeof addr === 'number' ? ' ' : '';
      const lasting =
        persistence === null
          ? ''
          : `persistent ${persistence.timeoutSeconds * 250} ${procMask(addr, persistence.bits)}`;
      const start = `${protoOf(service).padEnd(4)} ${procEndpoint(service)} ${scheduler} ${ops}`;
      lines.push(`${start}${lasting}`);
      for (const destination of ipvs.destinations(service, nowMs)) {
        const { weight, active, inactive } = destination;
        const numbers = `${cell(weight, 6)} ${cell(active, 10)} ${cell(inactive, 10)}`;
        lines.push(`  -> ${procEndpoint(destination)}      Masq    ${numbers}`);
      }
    }
  }
  return text(lines);
}

function procMask(addr: Addr, bits: number): string {
  if (typeof addr === 'bigint') return hex(bits, 8);
  return hex(bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0, 8);
}

function procEndpoint({ addr, port }: DestinationKey): string {
  if (typeof addr === 'number') return `${hex(addr, 8)}:${hex(port, 4)}`;
  const groups = addr.toString(16).padStart(32, '0').match(/.{4}/g) ?? [];
  return `[${groups.join(':')}]:${hex(port, 4)}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}

function cell(value: number, width: number): string {
  return `${value}`.padEnd(width);
}

function twoDigits(value: number): string {
  return `${value}`.padStart(2, '0');
}

function endpoint({ addr, port }: DestinationKey): string {
  return formatEndpoint(addr, port);
}

function protoOf({ proto }: { readonly proto: number }): string {
  return proto === TCP ? 'TCP' : proto === SCTP ? 'SCTP' : 'UDP';
}

function serviceOption({ proto }: ServiceKey): string {
  return proto === TCP ? '-t' : proto === SCTP ? '--sctp-service' : '-u';
}

const schedulerFlags: Readonly<Record<string, Readonly<Record<ServiceFlag, string>>>> = {
  sh: { 'flag-1': 'sh-fallback', 'flag-2': 'sh-port', 'flag-3': 'flag-3' },
  mh: { 'flag-1': 'mh-fallback', 'flag-2': 'mh-port', 'flag-3': 'flag-3' },
};

function flagText({ scheduler, flags }: VirtualService): string {
  const order = ['flag-1', 'flag-2', 'flag-3'] as const;
  return order
    .filter((flag) => flags.includes(flag))
    .map((flag) => schedulerFlags[scheduler]?.[flag] ?? flag)
    .join();
}

/** Null: clients are single addresses, which is not said. */
function maskText({ addr, persistence }: VirtualService): string | null {
  const bits = persistence?.bits ?? 0;
  if (typeof addr === 'bigint') return bits === 128 ? null : `${bits}`;
  if (bits === 32) return null;
  return formatAddr(bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0);
}

/** " %8llu", in thousands, millions or milliards when that is too long. */
function largeNumber(value: number): string {
  if (value < 1e8) return ` ${`${value}`.padStart(8)}`;
  const [unit, letter] = value < 1e11 ? [1e3, 'K'] : value < 1e14 ? [1e6, 'M'] : [1e9, 'G'];
  return ` ${`${Math.floor(value / (unit as number))}`.padStart(7)}${letter}`;
}

function servicesOf(tables: Tables): readonly (readonly [Ipvs, ServiceStatus])[] {
  return tables.flatMap((ipvs) =>
    mergeSorted(ipvs.services(), compareServices).map((service) => [ipvs, service] as const),
  );
}

function destinationsOf(ipvs: Ipvs, service: ServiceKey, nowMs: number) {
  return mergeSorted(ipvs.destinations(service, nowMs), compareEnds);
}

function compareServices(a: ServiceKey, b: ServiceKey): number {
  return a.proto - b.proto || compareEnds(a, b);
}

function compareEnds(a: DestinationKey, b: DestinationKey): number {
  return compareAddresses(a.addr, b.addr) || a.port - b.port;
}

/** ipvsadm subtracts 32-bit words and takes the difference as signed: 172.x stands before 1.x. IPv6 word by word. */
function compareAddresses(a: Addr, b: Addr): number {
  if (typeof a === 'number' || typeof b === 'number') return (Number(a) - Number(b)) | 0;
  for (let shift = 96n; shift >= 0n; shift -= 32n) {
    const word = (value: bigint) => Number((value >> shift) & 0xffffffffn);
    const difference = (word(a) - word(b)) | 0;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The C library's qsort is a merge sort: with a comparison that is no order its way decides the result. */
function mergeSorted<T>(items: readonly T[], compare: (a: T, b: T) => number): readonly T[] {
  if (items.length < 2) return items;
  const middle = items.length >> 1;
  const left = mergeSorted(items.slice(0, middle), compare);
  const right = mergeSorted(items.slice(middle), compare);
  const merged: T[] = [];
  let [i, j] = [0, 0];
  while (i < left.length && j < right.length) {
    if (compare(left[i] as T, right[j] as T) <= 0) merged.push(left[i++] as T);
    else merged.push(right[j++] as T);
  }
  return [...merged, ...left.slice(i), ...right.slice(j)];
}
