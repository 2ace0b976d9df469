// Rules of nf_tables for what policies say: one rule per peer and port. Addresses of the other family match nothing and
// are left out.
import { type Addr, type Family, familyOf } from '../../net/addr.ts';
import type { Cidr } from '../../net/cidr.ts';
import { type Proto, SCTP, TCP } from '../../net/packet.ts';
import type { NftField } from '../../netfilter/nft/field.table.ts';
import type {
  NftElement,
  NftPart,
  NftRule,
  NftStatement,
  NftVerdict,
} from '../../netfilter/nft/table.ts';
import { type Direction, fieldsOf } from './hooks.ts';
import { commented } from './names.ts';
import type { Action, Peer, Policy, PolicyRule, PortMatch } from './policy.ts';
import { nodeSetName, podSetName, portSetName, type ServicesPeer, serviceSetName } from './sets.ts';

const verdicts: Readonly<Record<Action, NftVerdict>> = {
  accept: { kind: 'accept' },
  deny: { kind: 'drop' },
  // The chain of a tier is left; the next tier's follows it.
  pass: { kind: 'return' },
};

/** The rules of one policy for one direction; `origin` numbers what caused a rule. */
export function rulesFor(
  policy: Policy,
  direction: Direction,
  family: Family,
  origin: (path: string) => number,
): readonly NftRule[] {
  return (policy.rules[direction] ?? []).flatMap((rule): readonly NftRule[] => {
    const statements = statementsFor(rule, direction, family);
    if (statements === null) return [];
    return [
      {
        statements: [...statements, { kind: 'verdict', verdict: verdicts[rule.action] }],
        comment: commented(`${policy.key}: ${rule.path}`),
        origin: origin(rule.path),
      },
    ];
  });
}

/** Null: matches nothing in this family. */
function statementsFor(
  rule: PolicyRule,
  direction: Direction,
  family: Family,
): readonly NftStatement[] | null {
  const field = fieldsOf(direction, family).peer;
  if (rule.peer.kind === 'services') return serviceStatements(rule.peer, rule.port, field);
  const peer = peerStatements(rule.peer, field, family);
  if (peer === null) return null;
  return [...peer, ...portStatements(rule.port, fieldsOf('ingress', family).subject)];
}

function serviceStatements(
  peer: ServicesPeer,
  port: PortMatch,
  field: NftField,
): readonly NftStatement[] {
  const name = serviceSetName(peer, port);
  if (port.kind === 'range' || port.kind === 'named') {
    return [inSet([field, portField(port.proto)], name)];
  }
  return [inSet([field], name), ...portStatements(port, field)];
}

function peerStatements(
  peer: Exclude<Peer, ServicesPeer>,
  field: NftField,
  family: Family,
): readonly NftStatement[] | null {
  switch (peer.kind) {
    case 'any':
      return [];
    case 'nobody':
      return null;
    case 'pods':
      return [inSet([field], podSetName(peer))];
    case 'nodes':
      return [inSet([field], nodeSetName(peer.nodes))];
    case 'block':
      return blockStatements(peer.range, peer.except, field, family);
  }
}

function blockStatements(
  range: Cidr,
  except: readonly Cidr[],
  field: NftField,
  family: Family,
): readonly NftStatement[] | null {
  if (familyOf(range.low) !== family) return null;
  const statements: NftStatement[] = [];
  // A range of everything is no comparison.
  if (range.bits > 0) statements.push(compare(field, partOf(range)));
  const own = disjoint(except.filter(({ low }) => familyOf(low) === family));
  if (own.length > 0) {
    const elements = own.map((one): NftElement => {
      return { key: [partOf(one)], data: null, comment: null, origin: 0 };
    });
    const set = { kind: 'anonymous', elements } as const;
    statements.push({ kind: 'in', key: [field], negated: true, set });
  }
  return statements;
}

/** Elements of a set may not overlap. */
function disjoint(ranges: readonly Cidr[]): readonly Cidr[] {
  return ranges.filter((one, i) =>
    ranges.every((other, j) => {
      const isInside = other.low <= one.low && one.high <= other.high;
      return i === j || !isInside || (other.bits === one.bits && i < j);
    }),
  );
}

function partOf(range: Cidr): NftPart {
  return range.low === range.high ? range.low : { kind: 'range', ...range };
}

function portStatements(port: PortMatch, destination: NftField): readonly NftStatement[] {
  switch (port.kind) {
    case 'any':
      return [];
    case 'protocol':
      return [compare('meta l4proto', port.proto)];
    case 'range': {
      const { low, high } = port;
      const part: NftPart = low === high ? low : { kind: 'range', low, high, bits: null };
      return [compare(portField(port.proto), part)];
    }
    case 'named':
      return [inSet([destination, portField(port.proto)], portSetName(port.proto, port.name))];
  }
}

export function portField(proto: Proto): NftField {
  return proto === TCP ? 'tcp dport' : proto === SCTP ? 'sctp dport' : 'udp dport';
}

export function compare(field: NftField, value: NftPart): NftStatement {
  return { kind: 'compare', field, negated: false, value };
}

function inSet(key: readonly NftField[], name: string): NftStatement {
  return { kind: 'in', key, negated: false, set: { kind: 'named', name } };
}

/** A rule that lets a Pod reach itself. */
export function itself(field: NftField, address: Addr): NftRule {
  const accept: NftStatement = { kind: 'verdict', verdict: { kind: 'accept' } };
  return {
    statements: [compare(field, address), accept],
    comment: 'a Pod reaches itself',
    origin: 0,
  };
}

export function jump(chain: string, origin: number): NftRule {
  const statement: NftStatement = { kind: 'verdict', verdict: { kind: 'jump', chain } };
  return { statements: [statement], comment: null, origin };
}

export function drop(comment: string, origin: number): NftRule {
  const statement: NftStatement = { kind: 'verdict', verdict: { kind: 'drop' } };
  return { statements: [statement], comment: commented(comment), origin };
}
