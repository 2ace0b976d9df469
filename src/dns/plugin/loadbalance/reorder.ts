// The orders that records of a reply are put in (CoreDNS plugin/loadbalance: loadbalance.go, weighted.go, prefer.go).
import { type Cidr, contains } from '../../../net/cidr.ts';
import type { Choices } from '../../../sim/choices.ts';
import type { AaaaRecord, ARecord, ResourceRecord } from '../../message/message.ts';
import type { Weights } from './weights.ts';

const POINT = 'dns/loadbalance';

type Records = readonly ResourceRecord[];
type Address = ARecord | AaaaRecord;

interface Parts {
  readonly aliases: Records;
  readonly addresses: readonly Address[];
  readonly mail: Records;
  readonly rest: Records;
}

function partsOf(records: Records): Parts {
  const addresses: Address[] = [];
  for (const record of records) {
    if (record.kind === 'A' || record.kind === 'AAAA') addresses.push(record);
  }
  return {
    aliases: records.filter(({ kind }) => kind === 'CNAME'),
    addresses,
    mail: records.filter(({ kind }) => kind === 'MX'),
    rest: records.filter(({ kind }) => !['A', 'AAAA', 'CNAME', 'MX'].includes(kind)),
  };
}

/** Aliases, others, addresses, mail; the last two shuffled each. */
export function shuffled(records: Records, choices: Choices): Records {
  if (records.length < 2) return records;
  const { aliases, addresses, mail, rest } = partsOf(records);
  return [
    ...aliases,
    ...rest,
    ...shuffle<ResourceRecord>(addresses, choices),
    ...shuffle(mail, choices),
  ];
}

/** Each place takes one of those that are left. */
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

/** One address, drawn by its weight, changes places with the first; unknown ones weigh 1. */
export function weighted(records: Records, weights: Weights, choices: Choices): Records {
  const { aliases, addresses, mail, rest } = partsOf(records);
  if (addresses.length === 0) return records;
  const weightOf = ({ name, addr }: Address): number =>
    weights.get(name)?.find((row) => row.addr === addr)?.weight ?? 1;
  const ranked = addresses.map((record, index) => ({ index, weight: weightOf(record) }));
  ranked.sort((a, b) => b.weight - a.weight);
  const picked =
    ranked.length < 2
      ? 0
      : choices.pick(
          POINT,
          ranked.map(({ weight }) => weight),
        );
  const top = ranked[picked]?.index ?? 0;
  const out = [...addresses];
  [out[0], out[top]] = [out[top] as Address, out[0] as Address];
  return [...aliases, ...rest, ...out, ...mail];
}

/** Addresses of the first range first, then of the second ...; others behind, then mail, then other types. */
export function preferred(records: Records, ranges: readonly Cidr[]): Records {
  const { aliases, addresses, mail, rest } = partsOf(records);
  const rank = ({ addr }: Address): number => {
    const found = ranges.findIndex((range) => contains(range, addr));
    return found < 0 ? ranges.length : found;
  };
  const ranked = addresses.map((record) => ({ record, rank: rank(record) }));
  ranked.sort((a, b) => a.rank - b.rank);
  return [...aliases, ...ranked.map(({ record }) => record), ...mail, ...rest];
}
