// Shuffles addresses (and MX) of a reply, CNAMEs first (CoreDNS plugin/loadbalance/loadbalance.go). Despite the
// policy's name `round_robin` it is a random order for every reply.
import type { Choices } from '../../../sim/choices.ts';
import { type ResourceRecord, typeName } from '../../message/message.ts';
import type { DnsRequest, Handler, Next, Served } from '../../plugin.ts';

const POINT = 'dns/loadbalance';

export class LoadbalanceHandler implements Handler {
  readonly name = 'loadbalance';

  fork(): this {
    return this;
  }

  serve(request: DnsRequest, next: Next): Served {
    const served = next(request);
    const { reply } = served;
    const type = typeName(request.question.type);
    if (reply === null || reply.rcode !== 0 || type === 'AXFR' || type === 'IXFR') return served;
    const { choices } = request.turn.environment;
    const answers = reorder(reply.answers, choices);
    const authority = reorder(reply.authority, choices);
    const additional = reorder(reply.additional, choices);
    return { ...served, reply: { ...reply, answers, authority, additional } };
  }
}

function reorder(records: readonly ResourceRecord[], choices: Choices): readonly ResourceRecord[] {
  if (records.length < 2) return records;
  const isAddress = (r: ResourceRecord): boolean => r.kind === 'A' || r.kind === 'AAAA';
  const others = (r: ResourceRecord): boolean =>
    !isAddress(r) && r.kind !== 'CNAME' && r.kind !== 'MX';
  return [
    ...records.filter((r) => r.kind === 'CNAME'),
    ...records.filter(others),
    ...shuffle(records.filter(isAddress), choices),
    ...shuffle(
      records.filter((r) => r.kind === 'MX'),
      choices,
    ),
  ];
}

/** Two: a coin flip; more: each place takes one of those that are left. */
function shuffle<T>(items: readonly T[], choices: Choices): readonly T[] {
  const out = [...items];
  for (let i = 0; i < out.length - 1; i++) {
    const left = out.length - i;
    const pick = i + choices.pick(POINT, new Array<number>(left).fill(1));
    const taken = out[pick] as T;
    out[pick] = out[i] as T;
    out[i] = taken;
  }
  return out;
}
