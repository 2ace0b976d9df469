// Endpoints in their canonical layout: ports that lead to the same addresses share a subset.
// Modelled after pkg/api/v1/endpoints RepackSubsets. Upstream sorts ports and subsets by a hash of Go's dump of them;
// here they follow their text, as any stable order does.
import type { EndpointAddress, EndpointPort, EndpointSubset } from '../../api/types.ts';
import { byCodeUnit } from '../../sim/table.ts';

interface Member {
  readonly address: EndpointAddress;
  readonly ready: boolean;
}

/** Addresses are one when IP and UID are; a not-ready one wins over a ready one, port by port. */
export function repacked(subsets: readonly EndpointSubset[]): readonly EndpointSubset[] {
  const first = new Map<string, EndpointAddress>();
  const byPort = new Map<string, { port: EndpointPort | null; members: Map<string, Member> }>();
  for (const subset of subsets) {
    for (const port of (subset.ports ?? []).length === 0 ? [null] : (subset.ports ?? [])) {
      const name = portKey(port);
      const group = byPort.get(name) ?? { port, members: new Map<string, Member>() };
      byPort.set(name, group);
      const place = (address: EndpointAddress, ready: boolean) => {
        const id = addressKey(address);
        const known = first.get(id) ?? address;
        first.set(id, known);
        if (group.members.get(id)?.ready !== false)
          group.members.set(id, { address: known, ready });
      };
      for (const address of subset.addresses ?? []) place(address, true);
      for (const address of subset.notReadyAddresses ?? []) place(address, false);
    }
  }
  const bySet = new Map<string, { ports: EndpointPort[]; members: readonly Member[] }>();
  for (const { port, members } of byPort.values()) {
    if (members.size === 0) continue;
    const sorted = [...members.values()].sort((a, b) => compareAddresses(a.address, b.address));
    const name = sorted.map((one) => `${one.ready} ${addressKey(one.address)}`).join(',');
    const subset = bySet.get(name) ?? { ports: [], members: sorted };
    bySet.set(name, subset);
    if (port !== null) subset.ports.push(port);
  }
  return [...bySet.values()].map(subsetOf).sort(compareSubsets);
}

function subsetOf(group: {
  readonly ports: EndpointPort[];
  readonly members: readonly Member[];
}): EndpointSubset {
  const ready = group.members.filter((one) => one.ready).map((one) => one.address);
  const not = group.members.filter((one) => !one.ready).map((one) => one.address);
  const ports = group.ports.sort((a, b) => byCodeUnit(portKey(a), portKey(b)));
  return {
    ...(ready.length === 0 ? {} : { addresses: ready }),
    ...(not.length === 0 ? {} : { notReadyAddresses: not }),
    ...(ports.length === 0 ? {} : { ports }),
  };
}

function portKey(port: EndpointPort | null): string {
  if (port === null) return '';
  const { name = '', protocol = 'TCP', appProtocol = '' } = port;
  return `${name}/${protocol}/${port.port}/${appProtocol}`;
}

function addressKey(address: EndpointAddress): string {
  return `${address.ip}/${address.targetRef?.uid ?? ''}`;
}

/** Byte-wise by the IP's text, then by UID. */
function compareAddresses(a: EndpointAddress, b: EndpointAddress): number {
  return byCodeUnit(a.ip, b.ip) || byCodeUnit(a.targetRef?.uid ?? '', b.targetRef?.uid ?? '');
}

function compareSubsets(a: EndpointSubset, b: EndpointSubset): number {
  const text = (subset: EndpointSubset) => (subset.ports ?? []).map(portKey).join(',');
  return byCodeUnit(text(a), text(b));
}
