import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ClusterSpec } from '../../api/cluster-spec.ts';
import type { Node } from '../../api/types.ts';
import { block, cidr, formatCidr, overlaps } from '../../net/cidr.ts';
import type { ControllerContext } from '../controller.ts';
import { nodeIpam } from './node-ipam.ts';

function node(i: number, podCIDR: string | undefined): Node {
  const spec = podCIDR === undefined ? {} : { podCIDR, podCIDRs: [podCIDR] };
  return { apiVersion: 'v1', kind: 'Node', metadata: { name: `n${i}` }, spec };
}

/** Syncs all nodes in order; the ranges they have then. Every write makes a new list, as the store does. */
function allocate(subnet: string, given: readonly (string | undefined)[]): readonly string[] {
  let nodes: readonly Node[] = given.map((range, i) => node(i, range));
  const client = {
    list: () => nodes,
    get: (_kind: string, key: string) => nodes.find((one) => one.metadata.name === key),
    update: (next: Node) => {
      nodes = nodes.map((one) => (one.metadata.name === next.metadata.name ? next : one));
    },
    event: () => undefined,
  };
  const spec = { podSubnet: cidr(subnet), nodes: [] as ClusterSpec['nodes'] };
  const context = { client, spec } as unknown as ControllerContext;
  for (const one of nodes) nodeIpam.sync(one.metadata.name, context);
  return nodes.map((one) => one.spec.podCIDR ?? 'none');
}

/** The plain way: the first block that overlaps nothing. */
function plain(subnet: string, bits: number, given: readonly (string | undefined)[]) {
  const range = cidr(subnet);
  const used = given.map((text) => (text === undefined ? undefined : cidr(text)));
  const count = 2 ** (bits - range.bits);
  for (const [i, known] of used.entries()) {
    if (known !== undefined) continue;
    const blocks = Array.from({ length: count }, (_, at) => block(range, bits, at));
    used[i] = blocks.find((free) => !used.some((taken) => taken && overlaps(taken, free)));
  }
  return used.map((taken) => (taken === undefined ? 'none' : formatCidr(taken)));
}

const subnets = [
  {
    name: 'IPv4 blocks of /24',
    subnet: '10.244.0.0/21',
    bits: 24,
    inside: [
      '10.244.2.0/24',
      '10.244.3.64/26',
      '10.244.4.0/23',
      '10.245.0.0/24',
      '10.243.255.0/24',
    ],
  },
  {
    name: 'IPv6 blocks of /64',
    subnet: 'fd00::/61',
    bits: 64,
    inside: ['fd00:0:0:1::/64', 'fd00:0:0:4::/63', 'fd01::/64'],
  },
];
for (const { name, subnet, bits, inside } of subnets) {
  test(`every node gets the first block that nobody has: ${name}`, () => {
    const given = fc.array(fc.option(fc.constantFrom(...inside), { nil: undefined }), {
      maxLength: 14,
    });
    const alike = (of: (ranges: readonly (string | undefined)[]) => typeof ranges) =>
      fc.property(given, (ranges) => {
        assert.deepEqual(allocate(subnet, ranges), plain(subnet, bits, of(ranges)));
      });
    fc.assert(alike((ranges) => ranges));
    assert.throws(() => fc.assert(alike((ranges) => ranges.map(() => undefined))), 'can fail');
  });
}

test('a dual-stack cluster: every node gets a block of each family, or none at all', () => {
  let nodes: readonly Node[] = ['a', 'b', 'c'].map((name) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    spec: {},
  }));
  const events: string[] = [];
  const client = {
    list: () => nodes,
    get: (_kind: string, key: string) => nodes.find((one) => one.metadata.name === key),
    update: (next: Node) => {
      nodes = nodes.map((one) => (one.metadata.name === next.metadata.name ? next : one));
    },
    event: (_about: Node, _type: string, _reason: string, message: string) => events.push(message),
  };
  const spec = {
    podSubnet: cidr('10.244.0.0/16'),
    secondary: { podSubnet: cidr('fd00:10:244::/63') },
    nodes: [],
  };
  const context = { client, spec } as unknown as ControllerContext;
  for (const { metadata } of nodes) nodeIpam.sync(metadata.name, context);
  assert.deepEqual(
    nodes.map((one) => one.spec.podCIDRs),
    [['10.244.0.0/24', 'fd00:10:244::/64'], ['10.244.1.0/24', 'fd00:10:244:1::/64'], undefined],
  );
  assert.deepEqual(events, ['Node c status is now: CIDRNotAvailable']);
});
