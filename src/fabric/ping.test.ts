// What an echo request hears in the town of three nodes: answers with their time to live, errors, silence.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serviceTown } from '../../test/arbitraries/service-town.ts';
import { addr, formatAddr } from '../net/addr.ts';
import type { Rule, Target } from '../netfilter/rule.ts';
import { composeRules, plainLayer } from '../netfilter/ruleset.ts';
import type { Fabric } from './fabric.ts';
import { momentOf } from './lab.ts';
import { ping } from './ping.ts';

function heard(fabric: Fabric, from: string, to: string): string {
  const pinged = ping(fabric, { from, to: addr(to), id: 7 }, momentOf());
  switch (pinged.kind) {
    case 'reply':
      return `${formatAddr(pinged.by)} ttl ${pinged.ttl}`;
    case 'error':
      return `${pinged.code} by ${formatAddr(pinged.by)} after ${pinged.afterMs}`;
    default:
      return pinged.kind;
  }
}

/** Loads a rule that stands alone, behind a masquerade of all that leaves. */
function only(fabric: Fabric, chain: 'FORWARD' | 'OUTPUT' | 'INPUT', target: Target): void {
  const rule: Rule = { matches: [], target, origin: 0 };
  const masquerade: Rule = { ...rule, target: { kind: 'masquerade', randomFully: false } };
  const hookings = [
    { table: 'filter', chain, position: 'append', rule },
    { table: 'nat', chain: 'POSTROUTING', position: 'append', rule: masquerade },
  ] as const;
  fabric.setRules('n1', composeRules(4, [plainLayer('test', 4, [], hookings)]));
}

const reject: Target = { kind: 'reject', with: 'port-unreachable' };

interface Row {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly before?: (fabric: Fabric) => void;
  readonly want: string;
}

const rows: readonly Row[] = [
  {
    name: 'a Pod of the same node',
    from: 'pod/d/p1',
    to: '10.244.1.10',
    want: '10.244.1.10 ttl 64',
  },
  {
    name: 'a Pod of another node',
    from: 'pod/d/p1',
    to: '10.244.2.10',
    want: '10.244.2.10 ttl 62',
  },
  { name: 'itself', from: 'pod/d/p1', to: '10.244.1.2', want: '10.244.1.2 ttl 64' },
  { name: 'loopback', from: 'pod/d/p1', to: '127.0.0.1', want: '127.0.0.1 ttl 64' },
  { name: 'its gateway', from: 'pod/d/p1', to: '10.244.1.1', want: '10.244.1.1 ttl 64' },
  { name: 'another node', from: 'pod/d/p1', to: '192.168.4.102', want: '192.168.4.102 ttl 63' },
  {
    name: 'the world, masqueraded',
    from: 'pod/d/p1',
    to: '203.0.113.50',
    want: '203.0.113.50 ttl 63',
  },
  { name: 'a cluster IP in iptables mode', from: 'pod/d/p1', to: '10.96.0.5', want: 'silence' },
  {
    name: 'a node port address',
    from: 'host/out',
    to: '192.168.4.101',
    want: '192.168.4.101 ttl 64',
  },
  {
    name: 'a Pod address that nobody has: the node that should have it says so',
    from: 'pod/d/p1',
    to: '10.244.2.77',
    want: 'host-unreachable by 192.168.4.102 after 3000',
  },
  {
    name: 'a Pod address of the own node that nobody has: the Pod asks for it itself',
    from: 'pod/d/p1',
    to: '10.244.1.77',
    want: 'host-unreachable by 10.244.1.2 after 3000',
  },
  {
    name: 'a node that is off',
    from: 'pod/d/p1',
    to: '10.244.2.10',
    before: (fabric) => fabric.setDown('node/n2', true),
    want: 'silence',
  },
  {
    name: 'REJECT in FORWARD',
    from: 'pod/d/p1',
    to: '10.244.2.10',
    before: (fabric) => only(fabric, 'FORWARD', reject),
    want: 'port-unreachable by 10.244.1.1 after 0',
  },
  {
    name: 'REJECT in INPUT speaks as the address that was asked',
    from: 'pod/d/p2',
    to: '192.168.4.101',
    before: (fabric) => only(fabric, 'INPUT', reject),
    want: 'port-unreachable by 192.168.4.101 after 0',
  },
  {
    name: 'an error from beyond a masquerade finds its way back',
    from: 'pod/d/p1',
    to: '10.244.2.77',
    before: (fabric) => only(fabric, 'FORWARD', { kind: 'accept' }),
    want: 'host-unreachable by 192.168.4.102 after 3000',
  },
  {
    name: 'DROP in OUTPUT tells the sender',
    from: 'node/n1',
    to: '10.244.2.10',
    before: (fabric) => only(fabric, 'OUTPUT', { kind: 'drop' }),
    want: 'not-permitted',
  },
  { name: 'no address of the family', from: 'pod/d/p1', to: 'fd00::1', want: 'no-route' },
];

for (const { name, from, to, before, want } of rows) {
  test(`ping: ${name}`, () => {
    const fabric = serviceTown();
    before?.(fabric);
    assert.equal(heard(fabric, from, to), want);
  });
}
