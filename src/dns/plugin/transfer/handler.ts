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
} from '../../message/message.ts';
import { longestZone } from '../../message/name.ts';
import {
  type DnsRequest,
  type Handler,
  type Next,
  returned,
  type Served,
  wrote,
  type ZoneRequest,
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
    const asked = { zone: name, serial, siblings, turn };
    for (const handler of siblings) {
      const groups = handler.transfer?.(asked) ?? null;
      if (groups === null) continue;
      if ('error' in groups) return returned(groups.error === null ? 0 : SERVFAIL, groups.error);
      return this.#sent(asked, message, groups);
    }
    return next(request);
  }

  #sent(
    { zone, turn }: ZoneRequest,
    message: Message,
    groups: readonly (readonly ResourceRecord[])[],
  ): Served {
    const soa = groups[0]?.[0];
    const to = formatAddr(turn.client.addr);
    const about = `zone "${zone}" to ${to} for ${soa?.kind === 'SOA' ? soa.serial : 0} SOA serial`;
    const log = (line: string) => turn.environment.log(`[INFO] plugin/transfer: ${line}`);
    // A list without records ends the query (a panic) before 1.14.7.
    const empty = this.#bySize ? -1 : groups.findIndex((group) => group.length === 0);
    const batches = this.#bySize
      ? bySize(groups.flat())
      : byCount(empty < 0 ? groups : groups.slice(0, empty));
    const parts = batches.map((answers) => ({ ...replyTo(message), aa: true, answers }));
    if (empty >= 0) return messages([...parts.filter(isFull), replyTo(message, SERVFAIL)]);
    const [last] = batches.slice(-1);
    if (soa !== undefined && last?.length === 1) {
      log(`Outgoing noop, incremental transfer for up to date ${about}`);
      return messages([...parts.slice(0, -1), { ...replyTo(message), answers: [soa] }]);
    }
    log(`Outgoing transfer of ${groups.flat().length} records of ${about}`);
    return messages(parts);
  }
}

/** It has been sent before the next records are asked for. */
function isFull({ answers }: Message): boolean {
  return answers.length > recordsMax;
}

function messages([first, ...more]: readonly Message[]): Served {
  if (first === undefined) return returned(SERVFAIL);
  return more.length === 0 ? wrote(first) : { ...wrote(first), more };
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

/** Messages of more than 500 records; what is handed over at once stays together. */
function byCount(
  groups: readonly (readonly ResourceRecord[])[],
): readonly (readonly ResourceRecord[])[] {
  const batches: ResourceRecord[][] = [];
  let batch: ResourceRecord[] = [];
  for (const group of groups) {
    batch.push(...group);
    if (batch.length <= recordsMax) continue;
    batches.push(batch);
    batch = [];
  }
  return batch.length === 0 ? batches : [...batches, batch];
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
