// Addresses as host-local hands them out, and the rules of the bridge profile.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InputError } from '../api/input-error.ts';
import { addr, formatAddr } from '../net/addr.ts';
import { cidr } from '../net/cidr.ts';
import { bridge } from './bridge.ts';
import { type Allocation, HostLocal } from './host-local.ts';
import { profileNamed } from './profiles.ts';

const range = cidr('10.244.1.0/24');

function text(allocation: Allocation): string {
  return allocation.kind === 'allocated' ? formatAddr(allocation.addr) : allocation.message;
}

test('addresses count up from .2, and a freed one comes only after the range went round', () => {
  const ipam = new HostLocal();
  assert.equal(text(ipam.allocate(range, 'a')), '10.244.1.2');
  assert.equal(text(ipam.allocate(range, 'b')), '10.244.1.3');
  ipam.release('a');
  assert.equal(text(ipam.allocate(range, 'c')), '10.244.1.4');
  for (let i = 5; i <= 254; i++) ipam.allocate(range, `p${i}`);
  assert.equal(text(ipam.allocate(range, 'd')), '10.244.1.2');
});

test("a full range refuses in the plugin's words", () => {
  const ipam = new HostLocal();
  const small = cidr('10.244.1.0/30');
  assert.equal(text(ipam.allocate(small, 'a')), '10.244.1.2');
  assert.equal(
    text(ipam.allocate(small, 'b')),
    'no IP addresses available in range set: 10.244.1.1-10.244.1.2',
  );
});

test('a wanted address is given, also outside the range, and moves nobody else', () => {
  const ipam = new HostLocal();
  assert.equal(text(ipam.allocate(range, 'a', addr('10.244.1.30'))), '10.244.1.30');
  assert.equal(text(ipam.allocate(range, 'b', addr('10.9.9.9'))), '10.9.9.9');
  assert.equal(text(ipam.allocate(range, 'c')), '10.244.1.2');
  assert.equal(
    text(ipam.allocate(range, 'd', addr('10.244.1.30'))),
    'requested IP address 10.244.1.30 is not available in range set 10.244.1.1-10.244.1.254',
  );
  assert.equal(
    text(ipam.allocate(range, 'e', addr('10.244.1.1'))),
    "requested ip 10.244.1.1 is subnet's gateway",
  );
});

test('an address set aside goes only to who asks for it', () => {
  const ipam = new HostLocal();
  ipam.setAside(addr('10.244.1.2'));
  assert.equal(text(ipam.allocate(range, 'a')), '10.244.1.3');
  assert.equal(text(ipam.allocate(range, 'b', addr('10.244.1.2'))), '10.244.1.2');
  ipam.release('b');
  for (let i = 4; i <= 254; i++) ipam.allocate(range, `p${i}`);
  ipam.release('a');
  assert.equal(text(ipam.allocate(range, 'c')), '10.244.1.3');
});

test('a fork of the addresses never changes its parent', () => {
  const parent = new HostLocal();
  const fork = parent.fork();
  fork.allocate(range, 'a');
  assert.equal(text(parent.allocate(range, 'b')), '10.244.1.2');
});

test('the bridge profile keeps pod addresses among pods and masquerades what leaves', () => {
  const node = { name: 'n1', addresses: [], podCIDRs: [], podSubnets: [cidr('10.244.0.0/16')] };
  const layer = bridge.layer(node, 4);
  const rules = layer?.chain('nat', 'IP-MASQ-AGENT')?.rules ?? [];
  assert.deepEqual(
    rules.map((rule) => rule.target.kind),
    ['return', 'return', 'masquerade'],
  );
  assert.equal(layer?.hookings[0]?.position, 'append');
});

test('an unknown profile is refused with the names that exist', () => {
  assert.throws(
    () => profileNamed('none'),
    (error) =>
      error instanceof InputError &&
      error.hint === 'profiles: aws-vpc, bridge, calico, flannel, ptp',
  );
});
