// Statements and rules of nf_tables as kube-proxy composes them, for either family.
import type { Addr, Family } from '../../net/addr.ts';
import type { Cidr } from '../../net/cidr.ts';
import { type Proto, TCP, UDP } from '../../net/packet.ts';
import type { NftField } from '../../netfilter/nft/field.table.ts';
import type {
  NftElement,
  NftKey,
  NftPart,
  NftPlace,
  NftRule,
  NftStatement,
  NftVerdict,
} from '../../netfilter/nft/table.ts';
import type { LocalDetector } from '../config.ts';

export const reject: NftStatement = { kind: 'reject', with: 'port-unreachable' };
export const masquerade: NftStatement = { kind: 'masquerade', fullyRandom: true };
export const drop: NftVerdict = { kind: 'drop' };

export function rule(
  statements: readonly NftStatement[],
  origin: number,
  comment: string | null = null,
): NftRule {
  return { statements, comment, origin };
}

export function element(
  key: readonly NftPart[],
  data: NftElement['data'] = null,
  origin = 0,
  comment: string | null = null,
): NftElement {
  return { key, data, comment, origin };
}

export function goTo(chain: string): NftVerdict {
  return { kind: 'goto', chain };
}

export function verdict(value: NftVerdict): NftStatement {
  return { kind: 'verdict', verdict: value };
}

export function jump(chain: string): NftStatement {
  return verdict({ kind: 'jump', chain });
}

export function source(family: Family): NftField {
  return family === 4 ? 'ip saddr' : 'ip6 saddr';
}

export function destination(family: Family): NftField {
  return family === 4 ? 'ip daddr' : 'ip6 daddr';
}

export function compare(field: NftField, value: NftPart, negated = false): NftStatement {
  return { kind: 'compare', field, negated, value };
}

export function range({ low, high, bits }: Cidr): NftPart {
  return { kind: 'range', low, high, bits };
}

export function flagged(field: 'ct state' | 'ct status', flag: string): NftStatement {
  return { kind: 'flags', field, negated: false, flags: [flag] };
}

export function inSet(fields: readonly NftField[], name: string): NftStatement {
  return { kind: 'in', key: fields, negated: false, set: { kind: 'named', name } };
}

export function among(
  field: NftField,
  parts: readonly NftPart[],
  negated: boolean,
  origin = 0,
): NftStatement {
  const elements = parts.map((part) => element([part], null, origin));
  return { kind: 'in', key: [field], negated, set: { kind: 'anonymous', elements } };
}

export function lookUp(fields: readonly NftField[], name: string): NftStatement {
  return { kind: 'vmap', key: { kind: 'fields', fields }, map: { kind: 'named', name } };
}

/** `numgen random mod N`, N being the number of elements: each has the same chance. */
export function oneOf(elements: readonly NftElement[]): {
  readonly key: NftKey;
  readonly map: NftPlace;
} {
  return {
    key: { kind: 'numgen', mod: elements.length },
    map: { kind: 'anonymous', elements },
  };
}

export function mark(op: 'or' | 'xor', value: number): NftStatement {
  return { kind: 'mark', op, value };
}

export function marked(value: number, negated: boolean): NftStatement {
  return { kind: 'bits', field: 'meta mark', mask: value, negated, value: 0 };
}

export function protocol(proto: Proto): NftStatement {
  return compare('meta l4proto', proto);
}

/** `tcp dport 80`. */
export function toPort(proto: Proto, port: number): NftStatement {
  const field = proto === TCP ? 'tcp dport' : proto === UDP ? 'udp dport' : 'sctp dport';
  return compare(field, port);
}

export function translate(address: Addr, port: number): NftStatement {
  const to = { kind: 'constant', addr: address, port } as const;
  return { kind: 'nat', type: 'dnat', to, fullyRandom: false };
}

/** "From a pod", or with `negated` "not from a pod", as the detector tells it. */
export function fromLocal(
  detector: LocalDetector,
  family: Family,
  field: 'iif' | 'iifname',
  negated: boolean,
): NftStatement {
  switch (detector.kind) {
    case 'cidr':
      return compare(source(family), range(detector.range), negated);
    case 'interface':
      // A name that ends in + for iptables ends in * for nft.
      return compare(field, detector.name.replace(/\+$/, '*'), negated);
  }
}
