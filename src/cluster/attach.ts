// A Pod's network as its node's CNI makes and takes it: addresses, the cable, host ports. Models the CRI's calls of the
// plugins in a configuration list; what they do is the profile's.

import { type ClusterSpec, kubeletDomain, podSubnets } from '../api/cluster-spec.ts';
import type { Node, Pod } from '../api/types.ts';
import { HostLocal } from '../cni/host-local.ts';
import { sandboxId } from '../cni/names.ts';
import type { MappedPod, PortMapping } from '../cni/portmap.ts';
import type { CniProfile } from '../cni/profile.ts';
import { profileNamed } from '../cni/profiles.ts';
import { podPin } from '../controllers/pins.ts';
import { hostnameError, resolvConfOf } from '../kubelet/files.ts';
import type { Attachment } from '../kubelet/runtime.ts';
import { type Addr, familyOf, parseAddr } from '../net/addr.ts';
import { type Cidr, contains, nth, parseCidr, single } from '../net/cidr.ts';
import { parseProto, UDP } from '../net/packet.ts';
import { dnsFacts } from './pod-files.ts';
import type { State } from './state.ts';

export function attach(state: State, pod: Pod, node: Node): Attachment {
  const { fabric, addresses, spec } = state.parts;
  const message = hostnameError(pod, kubeletDomain(spec), spec.minor);
  if (message !== undefined) return { kind: 'failed', message };
  const dnsEvents = resolvConfOf(pod, dnsFacts(state, pod)).events;
  const { namespace = '', name } = pod.metadata;
  const key = `${namespace}/${name}`;
  const nodeName = node.metadata.name;
  if (pod.spec.hostNetwork === true) {
    fabric.addPod({ key, node: nodeName, addresses: [], hostNetwork: true });
    const own = (node.status?.addresses ?? []).filter((a) => a.type === 'InternalIP');
    const podIPs = own.flatMap((a) => parseAddr(a.address) ?? []);
    return { kind: 'attached', podIPs, dnsEvents };
  }
  const profile = profileNamed(spec.cniProfile);
  const pinned = podPin(spec, pod)?.ip ?? null;
  const ips: Addr[] = [];
  const ranges = rangesOf(state, profile, node);
  if (ranges.length === 0) return { kind: 'failed', message: `node "${nodeName}" has no pod CIDR` };
  for (const [i, range] of ranges.entries()) {
    const given = addresses.allocate(range, key, i === 0 ? pinned : null);
    if (given.kind === 'failed') {
      return { kind: 'failed', message: profile.noAddress ?? given.message };
    }
    ips.push(given.addr);
  }
  const leg = profile.leg?.(namespace, name, sandboxOf(pod));
  const cable = leg === undefined ? {} : { leg };
  fabric.addPod({ key, node: nodeName, addresses: ips, hostNetwork: false, ...cable });
  mapPorts(state, pod, nodeName, { profile, ips, ranges, leg });
  return { kind: 'attached', podIPs: ips, dnsEvents };
}

export function detach(state: State, key: string): void {
  const { fabric, addresses, hostPorts, dns } = state.parts;
  fabric.removePod(key);
  addresses.release(key);
  if (hostPorts.remove(key)) state.parts.proxies.stale = true;
  dns.stop(`pod/${key}`);
}

function sandboxOf({ metadata: { uid = '' } }: Pod): string {
  return sandboxId(uid);
}

function rangesOf({ parts: { spec } }: State, profile: CniProfile, node: Node): readonly Cidr[] {
  const own = (node.spec.podCIDRs ?? []).flatMap((text) => parseCidr(text) ?? []);
  return own.length === 0 && profile.addresses === 'pod-subnet' ? podSubnets(spec) : own;
}

interface Wired {
  readonly profile: CniProfile;
  readonly ips: readonly Addr[];
  readonly ranges: readonly Cidr[];
  readonly leg: string | undefined;
}

/** The call of portmap: rules, then flows of datagrams that would go on to where they went before, and 127.0.0.1 may
 * leave by the device towards the Pod. */
function mapPorts(state: State, pod: Pod, node: string, wired: Wired): void {
  const { profile, ips, ranges, leg } = wired;
  const mappings = mappingsOf(state, pod);
  if (mappings.length === 0 || profile.portmap === null) return;
  const { network } = profile;
  const own = ips.map((ip) => {
    const near = ranges.find((range) => contains(range, ip));
    return { addr: ip, subnet: network.podRange === 'unknown' ? single(ip) : (near ?? single(ip)) };
  });
  const sandbox = sandboxOf(pod);
  const mapped: MappedPod = { network: profile.portmap, sandbox, addresses: own, mappings };
  const { fabric, hostPorts, proxies } = state.parts;
  hostPorts.add(node, `${pod.metadata.namespace}/${pod.metadata.name}`, mapped);
  proxies.stale = true;
  const families = new Set(ips.map(familyOf));
  const datagrams = mappings.filter(({ proto }) => proto === UDP);
  if (datagrams.length > 0) {
    const isStale = ({ proto, dst, dport }: { proto: number; dst: Addr; dport: number }) =>
      proto === UDP &&
      families.has(familyOf(dst)) &&
      datagrams.some(({ hostPort }) => hostPort === dport);
    fabric.deleteFlows(`node/${node}`, ({ original }) => isStale(original), state.nowMs);
  }
  const device = network.leg.kind === 'bridge' ? network.leg.device : leg;
  if (families.has(4) && device !== undefined) routeLocalnet(state, node, device);
}

/** Lets 127.0.0.0/8 pass by a device of a node: net.ipv4.conf.DEVICE.route_localnet. */
function routeLocalnet({ parts: { fabric } }: State, node: string, device: string): void {
  const { localnetDevices = [] } = fabric.machine(`node/${node}`)?.sysctls ?? {};
  if (localnetDevices.includes(device)) return;
  fabric.setSysctls(node, { localnetDevices: [...localnetDevices, device] });
}

/** MakePortMappings of the kubelet: the first of equal ones. */
function mappingsOf({ parts: { causes } }: State, pod: Pod): readonly PortMapping[] {
  const seen = new Set<string>();
  const { namespace, name } = pod.metadata;
  return pod.spec.containers.flatMap(({ ports = [] }, i) =>
    ports.flatMap((port, k) => {
      const { hostPort = 0, containerPort, hostIP = '', protocol = 'TCP' } = port;
      const key = `${protocol} ${hostIP} ${containerPort} ${hostPort}`;
      const proto = parseProto(protocol);
      if (hostPort === 0 || seen.has(key) || proto === undefined) return [];
      seen.add(key);
      const path = `spec.containers[${i}].ports[${k}].hostPort`;
      const origin = causes.intern(`Pod/${namespace}/${name}`, path, 'cni');
      return [{ proto, hostPort, containerPort, hostIP, origin }];
    }),
  );
}

/** Addresses that are handed out only to whom they are meant for: pinned ones, and other machines' in the same range. */
export function addressesOf(spec: ClusterSpec): HostLocal {
  const addresses = new HostLocal();
  const machines = [...spec.nodes.map((n) => n.internalIP), ...spec.hosts.map((h) => h.ip)];
  const isVpc = profileNamed(spec.cniProfile).addresses === 'pod-subnet';
  for (const range of podSubnets(spec)) {
    // A VPC keeps the second and third host of each subnet for itself, beside the router's.
    for (const ip of isVpc ? [nth(range, 2), nth(range, 3)] : []) addresses.setAside(ip);
    for (const ip of machines) if (contains(range, ip)) addresses.setAside(ip);
  }
  for (const pin of spec.pins) {
    for (const ip of [pin.ip, ...pin.pods.map((pod) => pod.ip)]) {
      if (ip !== null) addresses.setAside(ip);
    }
  }
  return addresses;
}
