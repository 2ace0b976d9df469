// Ranges of a Cluster document that overlap: each pair of pod, service and node ranges and the balancers' pool, in both
// families; the last rows are ranges that only lie beside each other, or that a profile lets Pods and nodes share.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InputError } from '../api/input-error.ts';
import { loadTexts } from '../input/load.ts';

/** One family's networking, addresses and pool, all apart. */
const four = { pods: '10.244.0.0/16', services: '10.96.0.0/12', node: '192.168.4.1', pool: '' };
const six = { pods: 'fd00:10::/56', services: 'fd00:20::/112', node: 'fd00:4::1', pool: '' };

interface Given {
  readonly pods: string;
  readonly services: string;
  readonly node: string;
  readonly pool: string;
  /** More fields of the node. */
  readonly more?: string;
  /** A second node. */
  readonly second?: string;
  /** The virtual address of a director. */
  readonly virtual?: string;
  readonly cni?: string;
}

function documentOf(given: Given): string {
  const { pods, services, node, pool, more = '', second = '', virtual, cni } = given;
  const lines = [
    `networking: { podSubnet: "${pods}", serviceSubnet: "${services}" }`,
    `nodes: [ { name: a, internalIP: "${node}"${more} }${second} ]`,
    ...(pool === '' ? [] : [`cloudProvider: { loadBalancerPool: "${pool}" }`]),
    ...(virtual === undefined ? [] : [`hosts: [ ${directorOf(virtual)} ]`]),
    ...(cni === undefined ? [] : [`cni: { profile: ${cni} }`]),
  ];
  return `apiVersion: svcspec.dev/v1alpha1\nkind: Cluster\nmetadata: { name: lab }\nspec:\n${lines
    .map((line) => `  ${line}\n`)
    .join('')}`;
}

function directorOf(virtual: string): string {
  const lines = ['interface eth0', 'virtual_router_id 51', `virtual_ipaddress {\n${virtual}\n}`];
  const text = JSON.stringify(`vrrp_instance VI_1 {\n${lines.join('\n')}\n}\n`);
  return `{ name: lb1, ip: "${virtual.replace(/\d+$/, '99')}", keepalived: ${text} }`;
}

const rows: readonly (readonly [string, Given, string | null])[] = [
  [
    'pods and services',
    { ...four, pods: '10.100.0.0/16' },
    'podSubnet 10.100.0.0/16 overlaps serviceSubnet 10.96.0.0/12',
  ],
  [
    'pods and services, IPv6',
    { ...six, pods: 'fd00:20::/56' },
    'podSubnet fd00:20::/56 overlaps serviceSubnet fd00:20::/112',
  ],
  [
    'a node and pods',
    { ...four, pods: '192.168.0.0/16' },
    'node "a" (192.168.4.1) lies inside podSubnet 192.168.0.0/16',
  ],
  [
    'a node and pods, IPv6',
    { ...six, pods: 'fd00:4::/56' },
    'node "a" (fd00:4::1) lies inside podSubnet fd00:4::/56',
  ],
  [
    'a node and services',
    { ...four, services: '192.168.0.0/16' },
    'node "a" (192.168.4.1) lies inside serviceSubnet 192.168.0.0/16',
  ],
  [
    'a node and services, IPv6',
    { ...six, services: 'fd00:4::/112' },
    'node "a" (fd00:4::1) lies inside serviceSubnet fd00:4::/112',
  ],
  [
    'the pool and pods',
    { ...four, pool: '10.244.9.0/29' },
    'loadBalancerPool 10.244.9.0/29 overlaps podSubnet 10.244.0.0/16',
  ],
  [
    'the pool and pods, IPv6',
    { ...six, pool: 'fd00:10::/120' },
    'loadBalancerPool fd00:10::/120 overlaps podSubnet fd00:10::/56',
  ],
  [
    'the pool and services',
    { ...four, pool: '10.97.0.0/29' },
    'loadBalancerPool 10.97.0.0/29 overlaps serviceSubnet 10.96.0.0/12',
  ],
  [
    'the pool and services, IPv6',
    { ...six, pool: 'fd00:20::/120' },
    'loadBalancerPool fd00:20::/120 overlaps serviceSubnet fd00:20::/112',
  ],
  [
    'the pool and a node',
    { ...four, pool: '192.168.4.0/29' },
    'node "a" (192.168.4.1) lies inside loadBalancerPool 192.168.4.0/29',
  ],
  [
    'the pool and a node, IPv6',
    { ...six, pool: 'fd00:4::/120' },
    'node "a" (fd00:4::1) lies inside loadBalancerPool fd00:4::/120',
  ],
  [
    "a node's pods and services",
    { ...four, more: ', podCIDR: 10.96.3.0/24' },
    'podCIDR 10.96.3.0/24 of node "a" overlaps serviceSubnet 10.96.0.0/12',
  ],
  [
    "a node's pods and the pool",
    { ...four, more: ', podCIDR: 52.0.0.0/24', pool: '52.0.0.0/29' },
    'podCIDR 52.0.0.0/24 of node "a" overlaps loadBalancerPool 52.0.0.0/29',
  ],
  [
    "a node's pods and its own address",
    { ...four, more: ', podCIDR: 192.168.4.0/24' },
    'podCIDR 192.168.4.0/24 of node "a" holds the address 192.168.4.1 of node "a"',
  ],
  [
    "a node's pods and its own address, IPv6",
    { ...six, more: ', podCIDR: "fd00:4::/64"' },
    'podCIDR fd00:4::/64 of node "a" holds the address fd00:4::1 of node "a"',
  ],
  [
    "a node's pods and another one's address",
    {
      ...four,
      more: ', podCIDR: 192.168.9.0/24',
      second: ', { name: b, internalIP: 192.168.9.2 }',
    },
    'podCIDR 192.168.9.0/24 of node "a" holds the address 192.168.9.2 of node "b"',
  ],
  [
    'pods of two nodes',
    {
      ...four,
      more: ', podCIDR: 10.244.3.0/24',
      second: ', { name: b, internalIP: 192.168.4.2, podCIDR: 10.244.3.128/25 }',
    },
    'podCIDR 10.244.3.128/25 of node "b" overlaps 10.244.3.0/24 of node "a"',
  ],
  [
    'a virtual address and pods',
    { ...four, virtual: '10.244.0.2' },
    'virtual address 10.244.0.2 of host "lb1" lies inside podSubnet 10.244.0.0/16',
  ],
  [
    'a virtual address and services, IPv6',
    { ...six, virtual: 'fd00:20::2' },
    'virtual address fd00:20::2 of host "lb1" lies inside serviceSubnet fd00:20::/112',
  ],
  [
    'a virtual address and the pool',
    { ...four, pool: '52.0.0.0/29', virtual: '52.0.0.2' },
    'virtual address 52.0.0.2 of host "lb1" lies inside loadBalancerPool 52.0.0.0/29',
  ],
  ['a virtual address beside a node', { ...four, virtual: '192.168.4.2' }, null],
  ['ranges side by side', { ...four, pods: '10.112.0.0/16', pool: '10.113.0.0/29' }, null],
  ['ranges side by side, IPv6', { ...six, pods: 'fd00:21::/56' }, null],
  [
    'a profile whose Pods have addresses of the nodes',
    { ...four, pods: '192.168.0.0/16', virtual: '192.168.4.2', cni: 'aws-vpc' },
    null,
  ],
];

for (const [name, given, want] of rows) {
  test(`ranges of a Cluster document: ${name}`, () => {
    const text = documentOf(given);
    let said: InputError | null = null;
    try {
      loadTexts([{ file: 'lab.yaml', text }]);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      said = error;
    }
    assert.equal(said?.message ?? null, want);
    if (want !== null) assert.equal(said?.code, 'overlapping-ranges');
  });
}
