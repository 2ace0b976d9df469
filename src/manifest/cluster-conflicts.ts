// What a Cluster document must not contradict: names and addresses given twice, ranges that overlap, pins out of range
// or taken, nodes that do not exist. Each is one InputError at the later of the two places.
import {
  type ClusterSpec,
  type HostSpec,
  type NodeSpec,
  type Pin,
  podSubnets,
  serviceSubnets,
} from '../api/cluster-spec.ts';
import { cniProfiles, isCniProfile } from '../api/cni-profiles.table.ts';
import { hintFor } from '../api/decode-hint.ts';
import { type Addr, formatAddr, parseAddr } from '../net/addr.ts';
import { type Cidr, contains, formatCidr, overlaps } from '../net/cidr.ts';
import type { FieldReader } from './field-reader.ts';

/** Throws the first contradiction: cluster-document, overlapping-ranges, pin-taken, pin-out-of-range. */
export function checkConflicts(reader: FieldReader, spec: ClusterSpec): void {
  checkNames(reader, spec);
  checkMachineAddresses(reader, spec);
  checkRanges(reader, spec);
  checkNodePodRanges(reader, spec);
  checkNodeNames(reader, spec);
  checkPinnedAddresses(reader, spec);
  checkPinnedPorts(reader, spec);
}

function checkNames(reader: FieldReader, spec: ClusterSpec): void {
  const seen = new Set<string>();
  const check = (kind: string, name: string, path: string) => {
    if (seen.has(`${kind}/${name}`)) {
      reader.fail('cluster-document', path, `two ${kind}s are named "${name}"`);
    }
    seen.add(`${kind}/${name}`);
  };
  for (const [i, { name }] of spec.nodes.entries()) check('node', name, `spec.nodes[${i}].name`);
  for (const [i, { name }] of spec.hosts.entries()) check('host', name, `spec.hosts[${i}].name`);
  for (const [i, { object }] of spec.pins.entries()) check('pin', object, `spec.pins[${i}].object`);
}

function checkMachineAddresses(reader: FieldReader, spec: ClusterSpec): void {
  const owners = new Map<Addr, string>();
  const check = (ip: Addr, owner: string, path: string) => {
    const other = owners.get(ip);
    if (other !== undefined) {
      const message = `${owner} and ${other} have the same IP ${formatAddr(ip)}`;
      reader.fail('cluster-document', path, message, 'give each machine an address of its own');
    }
    owners.set(ip, owner);
  };
  for (const [i, node] of spec.nodes.entries()) {
    for (const ip of internalIPs(node)) {
      check(ip, `node "${node.name}"`, `spec.nodes[${i}].internalIP`);
    }
  }
  for (const [i, host] of spec.hosts.entries()) {
    check(host.ip, `host "${host.name}"`, `spec.hosts[${i}].ip`);
  }
  for (const [i, host] of spec.hosts.entries()) {
    for (const addr of virtualAddresses(host)) {
      const other = owners.get(addr);
      if (other === undefined) continue;
      const message = `virtual address ${formatAddr(addr)} of host "${host.name}" is the IP of ${other}`;
      const hint = 'a virtual address is nobody\u2019s own';
      reader.fail('cluster-document', `spec.hosts[${i}].keepalived`, message, hint);
    }
  }
}

function virtualAddresses({ keepalived }: HostSpec): readonly Addr[] {
  const instances = keepalived?.instances ?? [];
  return instances.flatMap((instance) => instance.virtualAddresses.map(({ addr }) => addr));
}

function checkRanges(reader: FieldReader, spec: ClusterSpec): void {
  const at = 'spec.networking';
  for (const pods of podSubnets(spec)) {
    const services = serviceSubnets(spec).find((range) => overlaps(pods, range));
    if (services === undefined) continue;
    const message = `podSubnet ${formatCidr(pods)} overlaps serviceSubnet ${formatCidr(services)}`;
    reader.fail('overlapping-ranges', `${at}.podSubnet`, message);
  }
  const pool = spec.cloudProvider?.loadBalancerPool;
  const ranges: readonly (readonly [string, Cidr])[] = [
    ...podSubnets(spec).map((range) => ['podSubnet', range] as const),
    ...serviceSubnets(spec).map((range) => ['serviceSubnet', range] as const),
    ...(pool === undefined ? [] : [['loadBalancerPool', pool] as const]),
  ];
  for (const [name, range] of ranges) {
    for (const [i, node] of spec.nodes.entries()) {
      if (name === 'podSubnet' && sharesNodeRange(spec)) break;
      const ip = internalIPs(node).find((own) => contains(range, own));
      if (ip === undefined) continue;
      const message = `node "${node.name}" (${formatAddr(ip)}) lies inside ${name} ${formatCidr(range)}`;
      reader.fail('overlapping-ranges', `spec.nodes[${i}].internalIP`, message);
    }
    for (const [i, host] of spec.hosts.entries()) {
      if (name === 'podSubnet' && sharesNodeRange(spec)) break;
      const ip = virtualAddresses(host).find((own) => contains(range, own));
      if (ip === undefined) continue;
      const message = `virtual address ${formatAddr(ip)} of host "${host.name}" lies inside ${name} ${formatCidr(range)}`;
      reader.fail('overlapping-ranges', `spec.hosts[${i}].keepalived`, message);
    }
    if (name === 'loadBalancerPool' || pool === undefined || !overlaps(range, pool)) continue;
    const message = `loadBalancerPool ${formatCidr(pool)} overlaps ${name} ${formatCidr(range)}`;
    reader.fail('overlapping-ranges', 'spec.cloudProvider.loadBalancerPool', message);
  }
}

/** Whether Pods may have addresses of the nodes' range. */
function sharesNodeRange({ cniProfile }: ClusterSpec): boolean {
  return isCniProfile(cniProfile) && cniProfiles[cniProfile].sharesNodeRange;
}

function internalIPs({ internalIP, addresses }: NodeSpec): readonly Addr[] {
  const others = addresses.flatMap(({ type, address }) =>
    type === 'InternalIP' ? (parseAddr(address) ?? []) : [],
  );
  return [internalIP, ...others];
}

function podRangesOf({ podCIDR, secondaryPodCIDR }: NodeSpec): readonly Cidr[] {
  return [podCIDR, secondaryPodCIDR ?? null].filter((range) => range !== null);
}

function checkNodePodRanges(reader: FieldReader, spec: ClusterSpec): void {
  for (const [i, node] of spec.nodes.entries()) {
    for (const range of podRangesOf(node)) {
      checkNodePodRange(
        reader,
        spec,
        i,
        range,
        `podCIDR ${formatCidr(range)} of node "${node.name}"`,
      );
    }
  }
}

function checkNodePodRange(
  reader: FieldReader,
  spec: ClusterSpec,
  i: number,
  range: Cidr,
  what: string,
): void {
  const path = `spec.nodes[${i}].podCIDR`;
  for (const other of spec.nodes.slice(0, i)) {
    const taken = podRangesOf(other).find((one) => overlaps(one, range));
    if (taken === undefined) continue;
    const message = `${what} overlaps ${formatCidr(taken)} of node "${other.name}"`;
    reader.fail('overlapping-ranges', path, message);
  }
  const pool = spec.cloudProvider?.loadBalancerPool;
  const others: readonly (readonly [string, Cidr])[] = [
    ...serviceSubnets(spec).map((one) => ['serviceSubnet', one] as const),
    ...(pool === undefined ? [] : [['loadBalancerPool', pool] as const]),
  ];
  const found = others.find(([, one]) => overlaps(one, range));
  if (found !== undefined) {
    const [name, one] = found;
    reader.fail('overlapping-ranges', path, `${what} overlaps ${name} ${formatCidr(one)}`);
  }
  if (sharesNodeRange(spec)) return;
  for (const node of spec.nodes) {
    const ip = internalIPs(node).find((own) => contains(range, own));
    if (ip === undefined) continue;
    const message = `${what} holds the address ${formatAddr(ip)} of node "${node.name}"`;
    reader.fail('overlapping-ranges', path, message);
  }
}

function checkNodeNames(reader: FieldReader, spec: ClusterSpec): void {
  const names = spec.nodes.map(({ name }) => name);
  const check = (name: string | null, path: string) => {
    if (name === null || names.includes(name)) return;
    reader.fail('cluster-document', path, `there is no node "${name}"`, hintFor(name, names));
  };
  for (const [i, host] of spec.hosts.entries()) {
    for (const [k, { via }] of host.routes.entries())
      check(via, `spec.hosts[${i}].routes[${k}].via`);
  }
  for (const [i, pin] of spec.pins.entries()) {
    check(pin.node, `spec.pins[${i}].node`);
    for (const [k, { node }] of pin.pods.entries()) check(node, `spec.pins[${i}].pods[${k}].node`);
  }
}

interface PinnedAddress {
  readonly ip: Addr;
  readonly owner: string;
  readonly path: string;
  readonly field: 'clusterIP' | 'loadBalancerIP' | 'ip';
}

function pinnedAddresses(pin: Pin, path: string): readonly PinnedAddress[] {
  const own = (['clusterIP', 'loadBalancerIP', 'ip'] as const).flatMap((field) => {
    const ip = pin[field];
    return ip === null ? [] : [{ ip, owner: pin.object, path: `${path}.${field}`, field }];
  });
  const pods = pin.pods.flatMap(({ ip, suffix }, i) =>
    ip === null
      ? []
      : [
          {
            ip,
            owner: `${pin.object}-${suffix}`,
            path: `${path}.pods[${i}].ip`,
            field: 'ip' as const,
          },
        ],
  );
  return [...own, ...pods];
}

function checkPinnedAddresses(reader: FieldReader, spec: ClusterSpec): void {
  const taken = new Map<Addr, string>();
  for (const node of spec.nodes) taken.set(node.internalIP, `node "${node.name}"`);
  for (const host of spec.hosts) taken.set(host.ip, `host "${host.name}"`);
  for (const [i, pin] of spec.pins.entries()) {
    for (const { ip, owner, path, field } of pinnedAddresses(pin, `spec.pins[${i}]`)) {
      checkInRange(reader, spec, ip, path, field);
      const other = taken.get(ip);
      if (other !== undefined) {
        const message = `${formatAddr(ip)} for ${owner} is taken by ${other}`;
        reader.fail('pin-taken', path, message);
      }
      taken.set(ip, owner);
    }
  }
}

function checkInRange(
  reader: FieldReader,
  spec: ClusterSpec,
  ip: Addr,
  path: string,
  field: PinnedAddress['field'],
): void {
  const pool = spec.cloudProvider?.loadBalancerPool;
  const podRanges = [...podSubnets(spec), ...spec.nodes.flatMap(podRangesOf)];
  const allowed: Readonly<Record<PinnedAddress['field'], readonly [string, readonly Cidr[]]>> = {
    clusterIP: ['serviceSubnet', serviceSubnets(spec)],
    loadBalancerIP: ['cloudProvider.loadBalancerPool', pool === undefined ? [] : [pool]],
    ip: ['podSubnet', podRanges],
  };
  const [name, ranges] = allowed[field];
  if (ranges.length === 0 || ranges.some((range) => contains(range, ip))) return;
  const listed = ranges.map(formatCidr).join(', ');
  reader.fail('pin-out-of-range', path, `${formatAddr(ip)} is outside ${name} ${listed}`);
}

function checkPinnedPorts(reader: FieldReader, spec: ClusterSpec): void {
  const { low, high } = spec.nodePortRange;
  const taken = new Map<number, string>();
  for (const [i, pin] of spec.pins.entries()) {
    for (const [name, port] of Object.entries(pin.nodePorts)) {
      const path = `spec.pins[${i}].nodePorts[${name}]`;
      if (port < low || port > high) {
        const message = `node port ${port} is outside serviceNodePortRange ${low}-${high}`;
        reader.fail('pin-out-of-range', path, message);
      }
      const other = taken.get(port);
      if (other !== undefined && other !== pin.object) {
        reader.fail('pin-taken', path, `node port ${port} for ${pin.object} is taken by ${other}`);
      }
      taken.set(port, pin.object);
    }
  }
}
