// What a plugin with zones makes of a look-up (CoreDNS plugin/file/file.go ServeDNS, plugin/auto/auto.go): codes, the
// AA flag, what is refused. The plugins file, auto and secondary share it.
import { formatAddr } from '../../net/addr.ts';
import { replyTo, typeName } from '../message/message.ts';
import { type DnsRequest, returned, type Served, wrote } from '../plugin.ts';
import { type Found, lookUp } from './lookup.ts';
import type { Zone } from './zone.ts';

const NXDOMAIN = 3;
const SERVFAIL = 2;
const REFUSED = 5;
const DO_NOT_ANSWER = 0;
const NOTIFY = 4;

/** Transfers and notifications, which are no look-ups; null: the request is one. */
export function notLookup(request: DnsRequest, zone: string, plugin: string): Served | null {
  const type = typeName(request.question.type);
  // The plugin `transfer` would have taken these.
  if (type === 'AXFR' || type === 'IXFR') return returned(REFUSED);
  if (request.message.opcode !== NOTIFY || plugin === 'auto') return null;
  const { environment, client } = request.turn;
  environment.log(
    `[INFO] plugin/file: Dropping notify from ${formatAddr(client.addr)} for ${zone}`,
  );
  return returned(DO_NOT_ANSWER);
}

export function find(zone: Zone, request: DnsRequest): Found {
  const { message, qname, question, turn } = request;
  const dnssecOk = message.edns?.dnssecOk ?? false;
  return lookUp(zone, { qname, type: question.type, dnssecOk, message, turn });
}

/** Whether nothing was found, so that a plugin with `fallthrough` may pass the question on. */
export function isNothing({ answer, result }: Found): boolean {
  return answer.length === 0 && (result === 'nxdomain' || result === 'success');
}

export function written(zone: Zone, found: Found, request: DnsRequest): Served {
  const { answer, authority, additional, result } = found;
  if (result === 'servfail' && answer.length === 0) return returned(SERVFAIL);
  const rcode = result === 'nxdomain' ? NXDOMAIN : result === 'servfail' ? SERVFAIL : 0;
  // From 1.14.7 an alias before the zone cut is still the zone's own word.
  const isReferral = result === 'delegation' && !(zone.facts.cutsOnAlias && answer.length > 0);
  return wrote({
    ...replyTo(request.message, rcode),
    aa: !isReferral,
    answers: answer,
    authority,
    additional,
  });
}
