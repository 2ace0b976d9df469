// Zone transfers (CoreDNS plugin/transfer/transfer.go): asks the other plugins of the block for the zone and sends it in
// as many messages as it takes.
import { formatAddr } from '../../../net/addr.ts';
import { TCP } from '../../../net/packet.ts';
import { atLeast, type CoreDnsVersion } from '../../kubeadm/version.ts';
import { encode } from '../../message/encode.ts';
import {
  type Message,
  query,
  type ResourceRecord,
  replyTo,
  typeName,
  typeOf,
} from '../../message/message.ts';
import { longestZone } from '../../message/name.ts';
import {
  type DnsRequest,
  type Handler,
  type Next,
  returned,
  type Served,
  wrote,
} from '../../plugin.ts';
import type { Permission } from './setup.ts';

const SERVFAIL = 2;
const REFUSED = 5;
const bySizeSince = '1.14.7';
const recordsMax = 500;
const bytesMax = 63_000;

export class TransferHandler implements Handler {
  readonly name = 'transfer';
  readonly #permissions: readonly Permission[];
  readonly #bySize: boolean;

  constructor(permissions: readonly Permission[], version: CoreDnsVersion) {
    this.#permissions = permissions;
    this.#bySize = atLeast(version, bySizeSince);
  }

  fork(): this {
    return this;
  }

  serve(request: DnsRequest, next: Next): Served {
    const { message, question, qname, turn, siblings } = request;
    const type = typeName(question.type);
    if (type !== 'AXFR' && type !== 'IXFR') return next(request);
    const { client } = turn;
    if (client.proto !== TCP) return returned(REFUSED);
    // Before 1.14.7 zones are compared in the question's spelling.
    const name = this.#bySize ? qname : question.name;
    const permission = permissionFor(this.#permissions, name, this.#bySize);
    if (permission === undefined) return next(request);
    if (!permission.to.some((to) => to === '*' || to === client.addr)) {
      return wrote(replyTo(message, REFUSED));
    }
    const serial = type === 'IXFR' ? serialOf(message) : 0;
    if (serial === null) return returned(SERVFAIL);
    for (const handler of siblings) {
      const records = handler.transfer?.(name, turn) ?? null;
      if (records === null) continue;
      const ofElems = handler.name !== 'kubernetes';
      return this.#send(request, name, records, { serial, ofElems });
    }
    return next(request);
  }

  #send(
    { message, turn }: DnsRequest,
    name: string,
    records: readonly ResourceRecord[],
    { serial, ofElems }: { readonly serial: number; readonly ofElems: boolean },
  ): Served {
    const [soa] = records;
    const current = soa?.kind === 'SOA' ? soa.serial : 0;
    const to = formatAddr(turn.client.addr);
    const log = (line: string) => turn.environment.log(`[INFO] plugin/transfer: ${line}`);
    const about = `zone "${name}" to ${to} for ${current} SOA serial`;
    if (soa !== undefined && serial !== 0 && serial === current) {
      log(`Outgoing noop, incremental transfer for up to date ${about}`);
      return wrote({ ...replyTo(message), answers: [soa] });
    }
    const batches = this.#bySize ? bySize(records) : byCount(records, ofElems);
    const messages = batches.map((answers) => ({ ...replyTo(message), aa: true, answers }));
    log(`Outgoing transfer of ${records.length} records of ${about}`);
    const [first, ...more] = messages;
    if (first === undefined) return returned(SERVFAIL);
    return more.length === 0 ? wrote(first) : { ...wrote(first), more };
  }
}

/** The stanza whose zone is nearest; before 1.14.7 the one whose zone comes last in the alphabet. */
function permissionFor(
  permissions: readonly Permission[],
  name: string,
  byLength: boolean,
): Permission | undefined {
  let best: { readonly zone: string; readonly permission: Permission } | undefined;
  for (const permission of permissions) {
    const zone = longestZone(permission.zones, name);
    if (zone === undefined) continue;
    const isBetter =
      best === undefined ||
      (byLength && zone.length !== best.zone.length
        ? zone.length > best.zone.length
        : zone > best.zone);
    if (isBetter) best = { zone, permission };
  }
  return best?.permission;
}

/** The serial that an IXFR says it has; null: it says none. */
function serialOf({ authority }: Message): number | null {
  const [soa, ...more] = authority;
  return soa?.kind === 'SOA' && more.length === 0 ? soa.serial : null;
}

/** Messages of more than 500 records: a plugin hands over all records of a name at once, kubernetes one by one. */
function byCount(
  records: readonly ResourceRecord[],
  ofElems: boolean,
): readonly (readonly ResourceRecord[])[] {
  const batches: ResourceRecord[][] = [];
  let batch: ResourceRecord[] = [];
  for (const [i, record] of records.entries()) {
    batch.push(record);
    const next = records[i + 1];
    const goesOn = ofElems && next !== undefined && isTogether(record, next);
    if (batch.length <= recordsMax || goesOn) continue;
    batches.push(batch);
    batch = [];
  }
  return batch.length === 0 ? batches : [...batches, batch];
}

/** Of one name; SOA and NS of the apex are handed over before the rest of it. */
function isTogether(record: ResourceRecord, next: ResourceRecord): boolean {
  if (record.name !== next.name || next.kind === 'SOA') return false;
  const isApex = (one: ResourceRecord): boolean => one.kind === 'SOA' || one.kind === 'NS';
  return isApex(record) === isApex(next) || !isApex(record) || typeOf(next) === 46;
}

function bySize(records: readonly ResourceRecord[]): readonly (readonly ResourceRecord[])[] {
  const batches: ResourceRecord[][] = [];
  let batch: ResourceRecord[] = [];
  let size = 0;
  for (const record of records) {
    const length = lengthOf(record);
    if (batch.length > 0 && size + length > bytesMax) {
      batches.push(batch);
      batch = [];
      size = 0;
    }
    batch.push(record);
    size += length;
  }
  return batch.length === 0 ? batches : [...batches, batch];
}

const bare = { ...query(0, '.', 1), questions: [] };
const bareLength = encode(bare).length;

/** Bytes of a record by itself. */
function lengthOf(record: ResourceRecord): number {
  return encode({ ...bare, answers: [record] }).length - bareLength;
}
