// The Cluster document (kind: Cluster, svcspec.dev/v1alpha1) -> ClusterSpec with every default filled in. Pins are in
// cluster-pins.ts, what must not contradict in cluster-conflicts.ts. Defaults are kubeadm's (app/constants, v1beta4).

import type { ClusterSpec, NodeSpec } from '../api/cluster-spec.ts';
import { type CniProfileName, cniProfiles, isCniProfile } from '../api/cni-profiles.table.ts';
import { checkAgainst } from '../api/decode.ts';
import { canonicalQuantity } from '../api/field/quantity.ts';
import type { Manifest } from '../api/manifest.ts';
import { instant, realistic, type Timing, timingRows } from '../api/timing.table.ts';
import { type Addr, addr, familyOf, formatAddr } from '../net/addr.ts';
import { cidr } from '../net/cidr.ts';
import { asInputError } from './check.ts';
import { readCloudProvider } from './cluster-cloud.ts';
import { checkConflicts } from './cluster-conflicts.ts';
import { clusterFields } from './cluster-fields.table.ts';
import { readHosts } from './cluster-hosts.ts';
import { readPins } from './cluster-pins.ts';
import { readSysctls } from './cluster-sysctls.ts';
import {
  address,
  checkPort,
  durationMs,
  type FieldReader,
  fieldReader,
  list,
  object,
  ranges,
  required,
  text,
  type Values,
  withKeys,
  word,
} from './field-reader.ts';
import { kubeProxyApiVersion, readKubeProxyConfiguration } from './kube-proxy-configuration.ts';
import type { ManifestSource } from './positions.ts';

export const clusterApiVersion = 'svcspec.dev/v1alpha1';

/** Oldest Kubernetes minor version that is read, the first modelled exactly, the latest, and the default. */
const versions = { low: 9, exactLow: 32, high: 36, usual: 34 } as const;
/** Between kube-dns and kubeadm's present Corefile: CoreDNS relayed with the plugin proxy. */
const withProxyPlugin = { low: 11, high: 15 } as const;

const noDocument: Manifest = {
  object: { apiVersion: clusterApiVersion, kind: 'Cluster', metadata: { name: 'default' } },
  source: { file: '', at: () => null, line: () => '' },
};

/** What the documents say about the cluster, defaults included. Without documents: control-plane, node01 and node02,
 * iptables mode. Throws InputError cluster-document, unknown-field, wrong-type, missing-field, invalid-value,
 * overlapping-ranges, pin-taken, pin-out-of-range, not-modelled. */
export function readClusterSpec(
  doc: Manifest | null,
  kubeProxyConfiguration: Manifest | null,
): ClusterSpec {
  const manifest = doc ?? noDocument;
  const reader = fieldReader(manifest);
  if (manifest.object.apiVersion !== clusterApiVersion) {
    const message = `kind Cluster has no version "${manifest.object.apiVersion}"`;
    reader.fail('cluster-document', 'apiVersion', message, `apiVersion: ${clusterApiVersion}`);
  }
  const [problem] = checkAgainst(clusterFields, 'Cluster', manifest.object);
  if (problem !== undefined) throw asInputError(problem, reader.source);
  const spec = object(manifest.object['spec']);
  const base = { name: text(object(manifest.object.metadata)['name']) ?? 'default' };
  const version = readVersion(reader, spec['kubernetesVersion']);
  const nodes = readNodes(reader, spec);
  const networking = readNetworking(reader, object(spec['networking']));
  const ranges = [networking.podSubnet, networking.secondary?.podSubnet];
  const families = ranges.flatMap((one) => (one === undefined ? [] : familyOf(one.low)));
  const timing = readTiming(reader, spec['timing']);
  const read: ClusterSpec = {
    ...base,
    ...version,
    ...readKernelVersion(reader, spec['kernelVersion']),
    ...networking,
    nodes,
    apiServer: readApiServer(reader, object(spec['apiServer']), nodes),
    cniProfile: readCniProfile(reader, object(spec['cni'])),
    cloudProvider: readCloudProvider(reader, spec['cloudProvider'], timing),
    hosts: readHosts(reader, spec['hosts']),
    upstreamDNS: text(spec['upstreamDNS']) ?? '',
    timing,
    pins: readPins(reader, list(spec['pins'])),
    ...readKubeProxyConfiguration(
      configurationOf(reader, manifest, kubeProxyConfiguration),
      version.minor,
      families,
    ),
  };
  checkConflicts(reader, read);
  return read;
}

/** The one in the Cluster document, or the document of its own. */
function configurationOf(
  reader: FieldReader,
  { object: { spec }, source }: Manifest,
  document: Manifest | null,
): Manifest | null {
  const path = 'spec.kubeProxyConfiguration';
  const inner = object(spec)['kubeProxyConfiguration'] ?? null;
  if (inner === null) return document;
  if (document !== null) {
    const at = document.source.at('');
    const message = `kube-proxy is configured twice: here and at ${at?.file}:${at?.line}`;
    return reader.fail('cluster-document', path, message, onePlace);
  }
  if (typeof inner !== 'object' || Array.isArray(inner)) {
    return reader.fail('wrong-type', path, `${path}: got no object, wanted one`);
  }
  const outer = withKeys({ object: noDocument.object, source });
  return within(kubeProxyDefaults, object(inner), outer, path);
}

/** Which wins would depend on what nobody sees: whether the process is a Pod, which reads its ConfigMap as it starts. */
const onePlace =
  'keep one of them; a kube-proxy in a Pod reads the ConfigMap kube-system/kube-proxy and nothing else';

const kubeProxyDefaults = { apiVersion: kubeProxyApiVersion, kind: 'KubeProxyConfiguration' };

/** A part of a document as a document, whose mistakes are marked where they stand. */
function within(
  head: { readonly apiVersion: string; readonly kind: string },
  values: Values,
  outer: ManifestSource,
  path: string,
): Manifest {
  const at = (inner: string) => (inner === '' ? path : `${path}.${inner}`);
  const source: ManifestSource = {
    file: outer.file,
    at: (inner) => outer.at(at(inner)),
    keyAt: (inner) => outer.keyAt(at(inner)),
    line: (n) => outer.line(n),
  };
  return { object: { ...head, ...values } as unknown as Manifest['object'], source };
}

function readKernelVersion(
  reader: FieldReader,
  value: unknown,
): { readonly kernelVersion?: string } {
  const written = text(value);
  if (written === null) return {};
  if (!/^\d{1,2}\.\d{1,3}(\.\d{1,4})?$/.test(written)) {
    const hint = 'a release of Linux: "6.1", "4.19.0"';
    const message = `invalid kernel version "${written}"`;
    reader.fail('invalid-value', 'spec.kernelVersion', message, hint);
  }
  return { kernelVersion: written.split('.').length < 3 ? `${written}.0` : written };
}

function readCniProfile(reader: FieldReader, { profile }: Values): CniProfileName {
  const path = 'spec.cni.profile';
  const name = text(profile) ?? 'bridge';
  if (isCniProfile(name)) return name;
  const hint = `profiles: ${Object.keys(cniProfiles).join(', ')}`;
  return reader.fail('not-modelled', path, `cni profile "${name}" is not modelled`, hint);
}

function readVersion(
  reader: FieldReader,
  value: unknown,
): { kubernetesVersion: string; minor: number } {
  const written = text(value) ?? `1.${versions.usual}`;
  const match = /^v?1\.(\d{1,2})(\.\d+)?$/.exec(written);
  const minor = Number(match?.[1]);
  const known = minor >= versions.low && minor <= versions.high;
  const gap = minor >= withProxyPlugin.low && minor <= withProxyPlugin.high;
  if (match !== null && known && !gap) {
    return { kubernetesVersion: `1.${minor}`, minor };
  }
  const path = 'spec.kubernetesVersion';
  const hint = `"1.${versions.exactLow}" to "1.${versions.high}" are modelled exactly; "1.16" and later, "1.9" and "1.10" (with kube-dns) in part`;
  const why = gap
    ? `${path}: "${written}" is not modelled: CoreDNS before the kubeadm of 1.16 relays look-ups with the plugin proxy`
    : `${path}: "${written}" is not understood`;
  return reader.fail(gap ? 'not-modelled' : 'invalid-value', path, why, hint);
}

function readNetworking(reader: FieldReader, networking: Values) {
  const at = 'spec.networking';
  const [podSubnet, otherPods] = ranges(reader, networking['podSubnet'], `${at}.podSubnet`);
  const [serviceSubnet, otherServices] = ranges(
    reader,
    networking['serviceSubnet'],
    `${at}.serviceSubnet`,
  );
  const secondary: NonNullable<ClusterSpec['secondary']> = {
    ...(otherPods === undefined ? {} : { podSubnet: otherPods }),
    ...(otherServices === undefined ? {} : { serviceSubnet: otherServices }),
  };
  return {
    podSubnet: podSubnet ?? cidr('10.244.0.0/16'),
    serviceSubnet: serviceSubnet ?? cidr('10.96.0.0/12'),
    ...(Object.keys(secondary).length === 0 ? {} : { secondary }),
    dnsDomain: text(networking['dnsDomain']) ?? 'cluster.local',
    nodePortRange: readPortRange(reader, networking['serviceNodePortRange']),
  };
}

function readPortRange(reader: FieldReader, value: unknown): { low: number; high: number } {
  const written = text(value) ?? '30000-32767';
  const match = /^(\d{1,5})-(\d{1,5})$/.exec(written);
  const [low, high] = [Number(match?.[1]), Number(match?.[2])];
  if (match !== null && low >= 1 && low <= high && high <= 65535) return { low, high };
  const path = 'spec.networking.serviceNodePortRange';
  return reader.fail(
    'invalid-value',
    path,
    `${path}: "${written}" is not a range of ports`,
    'for example 30000-32767',
  );
}

function readNodes(reader: FieldReader, spec: Values): readonly NodeSpec[] {
  const written = spec['nodes'];
  if (written === undefined || written === null) return defaultNodes;
  const nodes = list(written).map((node, i) => readNode(reader, object(node), `spec.nodes[${i}]`));
  if (nodes.length > 1) return nodes;
  const [alone] = nodes;
  // The only node must take the pods: a lab without workers has the taint removed.
  if (alone !== undefined) {
    return [{ ...alone, taints: alone.taints.filter((taint) => taint !== controlPlaneTaint) }];
  }
  return reader.fail('cluster-document', 'spec.nodes', 'spec.nodes: a cluster needs a node');
}

const controlPlaneTaint = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' };
const usualResolvConf = 'nameserver 8.8.8.8\n';

const defaultNodes: readonly NodeSpec[] = [
  completeNode('control-plane', '192.168.4.101', ['control-plane']),
  completeNode('node01', '192.168.4.102', []),
  completeNode('node02', '192.168.4.103', []),
];

function completeNode(name: string, ip: string, roles: readonly string[]): NodeSpec {
  return {
    name,
    internalIP: addr(ip),
    addresses: [],
    roles,
    zone: null,
    podCIDR: null,
    labels: roleLabels(roles),
    taints: roles.includes('control-plane') ? [controlPlaneTaint] : [],
    resolvConf: usualResolvConf,
  };
}

/** What kubeadm writes on a node: the role's label and, on the control plane, the load-balancer exclusion. */
function roleLabels(roles: readonly string[]): Record<string, string> {
  const labels = Object.fromEntries(roles.map((role) => [`node-role.kubernetes.io/${role}`, '']));
  return roles.includes('control-plane')
    ? { ...labels, 'node.kubernetes.io/exclude-from-external-load-balancers': '' }
    : labels;
}

function readNode(reader: FieldReader, node: Values, path: string): NodeSpec {
  const name = required(reader, node['name'], `${path}.name`);
  const ips = required(reader, node['internalIP'], `${path}.internalIP`).split(',');
  const [internalIP = 0, ...others] = ips.flatMap(
    (ip) => address(reader, ip.trim(), `${path}.internalIP`) ?? [],
  );
  checkNodeIPs(reader, [internalIP, ...others], `${path}.internalIP`);
  const roles = list(node['roles']).map(String);
  const usual = completeNode(name, formatAddr(internalIP), roles);
  const addresses = list(node['addresses']).map((entry, i) => {
    const at = `${path}.addresses[${i}]`;
    const { type, address: written } = object(entry);
    address(reader, required(reader, written, `${at}.address`), `${at}.address`);
    return { type: required(reader, type, `${at}.type`), address: String(written) };
  });
  const [podCIDR = null, secondaryPodCIDR] = ranges(reader, node['podCIDR'], `${path}.podCIDR`);
  const more = others.map((ip) => ({ type: 'InternalIP', address: formatAddr(ip) }));
  return {
    ...usual,
    addresses: [...more, ...addresses],
    zone: text(node['zone']),
    podCIDR,
    ...(secondaryPodCIDR === undefined ? {} : { secondaryPodCIDR }),
    labels: { ...usual.labels, ...(object(node['labels']) as Record<string, string>) },
    taints: node['taints'] == null ? usual.taints : readTaints(reader, list(node['taints']), path),
    resolvConf: text(node['resolvConf']) ?? usual.resolvConf,
    ...(node['missingModules'] == null
      ? {}
      : { missingModules: list(node['missingModules']).map(String) }),
    ...(node['sysctls'] == null
      ? {}
      : { sysctls: readSysctls(reader, object(node['sysctls']), `${path}.sysctls`) }),
    ...(node['nfacct'] === true ? { nfacct: true } : {}),
    ...(node['capacity'] == null ? {} : { capacity: amounts(node['capacity']) }),
  };
}

/** As the kubelet's --node-ip: one address, or one of each family. */
function checkNodeIPs(reader: FieldReader, ips: readonly Addr[], path: string): void {
  if (new Set(ips.map(familyOf)).size === ips.length) return;
  const message = `${path}: ${ips.map(formatAddr).join(',')} is neither one address nor one of each family`;
  reader.fail('invalid-value', path, message, 'for example 192.168.4.101,fd00:192:168:4::101');
}

function amounts(capacity: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(object(capacity)).map(([name, value]) => [
      name,
      canonicalQuantity(String(value)),
    ]),
  );
}

function readTaints(reader: FieldReader, taints: readonly unknown[], path: string) {
  return taints.map((entry, i) => {
    const at = `${path}.taints[${i}]`;
    const taint = object(entry);
    const key = required(reader, taint['key'], `${at}.key`);
    const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const;
    required(reader, taint['effect'], `${at}.effect`);
    const effect = word(reader, taint['effect'], `${at}.effect`, effects) ?? 'NoSchedule';
    const value = text(taint['value']);
    return value === null ? { key, effect } : { key, value, effect };
  });
}

function readApiServer(reader: FieldReader, apiServer: Values, nodes: readonly NodeSpec[]) {
  const controlPlane = nodes.find(({ roles }) => roles.includes('control-plane')) ?? nodes[0];
  const written = address(reader, apiServer['address'], 'spec.apiServer.address');
  const port = apiServer['port'] ?? 6443;
  checkPort(reader, Number(port), 'spec.apiServer.port');
  return { address: written ?? controlPlane?.internalIP ?? 0, port: Number(port) };
}

function readTiming(reader: FieldReader, value: unknown): Timing {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const name = word(reader, value, 'spec.timing', ['instant', 'realistic'] as const);
    return name === 'realistic' ? realistic : instant;
  }
  const timing = object(value);
  for (const key of Object.keys(timing)) {
    if (Object.hasOwn(clusterFields['Timing'] ?? {}, key)) continue;
    const hint = `valid here: ${Object.keys(clusterFields['Timing'] ?? {}).join(', ')}`;
    reader.fail('unknown-field', `spec.timing.${key}`, `unknown field "spec.timing.${key}"`, hint);
  }
  const given = timingRows.map(({ name }) => {
    const ms = durationMs(reader, timing[name], `spec.timing.${name}`);
    return [`${name}Ms`, ms ?? 0] as const;
  });
  return { ...instant, ...Object.fromEntries(given) };
}
