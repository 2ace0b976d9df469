// What kube-proxy itself refuses in its configuration, in its own words and order, each at the place where it was
// written. Values that are left out have their defaults, which are valid. Types were checked before.
// Models pkg/proxy/apis/config/validation/validation.go of 1.32 to 1.36 (the same but for the nftables gate), and what
// createProxier and checkBadIPConfig of cmd/kube-proxy/app find out at start; feature gates: see src/api.
import type { ClusterSpec } from '../api/cluster-spec.ts';
import { goDuration } from '../api/go-duration.ts';
import { wrongGates } from '../api/kube-proxy-configuration/feature-gates.ts';
import { type Family, familyOf, parseAddr } from '../net/addr.ts';
import { parseCidr } from '../net/cidr.ts';
import { list, object, text, type Values } from './field-reader.ts';
import { modesOf, unknownMode } from './kube-proxy-mode.ts';

/** A finding: the field as it is written in YAML, and what kube-proxy says. */
export interface Refused {
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
}

type Check = (configuration: Values, minor: number) => Iterable<Refused>;

const root = 'KubeProxyConfiguration';

/** field.Invalid: `path: Invalid value: value: detail`. */
function invalid(path: string, upstream: string, value: unknown, detail: string): Refused {
  const shown = JSON.stringify(value ?? null);
  return { path, message: `${root}.${upstream}: Invalid value: ${shown}: ${detail}` };
}

const notNegative = 'must be greater than or equal to 0';

/** A number that must lie in a range. */
function within(path: string, upstream: string, low: number, high: number, detail: string): Check {
  return function* (configuration) {
    const value = valueAt(configuration, path);
    if (typeof value === 'number' && (value < low || value > high)) {
      yield invalid(path, upstream, value, detail);
    }
  };
}

/** A duration that must not be negative; `above`: nor zero (which as a default cannot be written). */
function duration(path: string, upstream: string, above = false): Check {
  return function* (configuration) {
    const written = text(valueAt(configuration, path));
    const ms = written === null ? null : (goDuration(written).ms ?? null);
    if (ms === null || ms >= 0) return;
    yield invalid(path, upstream, written, above ? 'must be greater than 0' : notNegative);
  };
}

/** CIDRs of a list. */
function cidrs(path: string, upstream: string): Check {
  return function* (configuration) {
    for (const [i, one] of list(valueAt(configuration, path)).entries()) {
      if (parseCidr(String(one)) !== undefined) continue;
      yield invalid(`${path}[${i}]`, `${upstream}[${i}]`, one, 'must be a valid CIDR');
    }
  };
}

/** "IP:port", where an address alone gets the default port (AppendPortIfNeeded). */
function hostPort(path: string): Check {
  const upstream = `${path.charAt(0).toUpperCase()}${path.slice(1)}`;
  return function* (configuration) {
    const written = text(configuration[path]) ?? '';
    if (written === '' || parseAddr(written) !== undefined) return;
    const match = /^(?:\[([^\]]*)\]|([^:[\]]*)):([^:]*)$/.exec(written);
    if (match === null) return yield invalid(path, upstream, written, 'must be IP:port');
    const host = match[1] ?? match[2] ?? '';
    const port = match[3] ?? '';
    if (parseAddr(host) === undefined) yield invalid(path, upstream, host, 'must be a valid IP');
    const number = /^[+-]?\d+$/.test(port) ? Number(port) : 0;
    if (number < 1 || number > 65535) yield invalid(path, upstream, port, 'must be a valid port');
  };
}

const checks: readonly Check[] = [
  featureGates,
  within('iptables.masqueradeBit', 'KubeProxyIPTablesConfiguration.MasqueradeBit', 0, 31, bits()),
  inMode('ipvs', duration('ipvs.tcpTimeout', 'KubeProxyIPVSConfiguration.TCPTimeout')),
  inMode('ipvs', duration('ipvs.tcpFinTimeout', 'KubeProxyIPVSConfiguration.TCPFinTimeout')),
  inMode('ipvs', duration('ipvs.udpTimeout', 'KubeProxyIPVSConfiguration.UDPTimeout')),
  inMode('ipvs', cidrs('ipvs.excludeCIDRs', 'KubeProxyIPVSConfiguration.ExcludeCidrs')),
  inMode(
    'nftables',
    within('nftables.masqueradeBit', 'KubeProxyNFTablesConfiguration.MasqueradeBit', 0, 31, bits()),
  ),
  ...conntrackChecks(),
  within(
    'oomScoreAdj',
    'KubeProxyLinuxConfiguration.OOMScoreAdj',
    -1000,
    1000,
    'must be within the range [-1000, 1000]',
  ),
  mode,
  within('clientConnection.burst', 'ClientConnection.Burst', 0, 2 ** 31, notNegative),
  duration('configSyncPeriod', 'ConfigSyncPeriod', true),
  syncPeriods,
  bindAddress,
  hostPort('healthzBindAddress'),
  hostPort('metricsBindAddress'),
  nodePortAddresses,
  detectLocalMode,
  detectLocal,
  scheduler,
];

/** Completing the options comes before their validation, so these are told first, all of them in one. */
function* featureGates(configuration: Values, minor: number): Iterable<Refused> {
  const wrong = wrongGates(object(configuration['featureGates']), minor);
  const [first] = wrong;
  if (first === undefined) return;
  const all = wrong.map(({ message }) => message);
  const message = all.length === 1 ? first.message : `[${all.join(', ')}]`;
  yield { path: `featureGates.${first.gate}`, message };
}

function bits(): string {
  return 'must be within the range [0, 31]';
}

/** Everything kube-proxy 1.`minor` refuses, in its order. */
export function* refusedBy(configuration: Values, minor: number): Iterable<Refused> {
  for (const check of checks) yield* check(configuration, minor);
}

function inMode(name: ClusterSpec['proxyMode'], check: Check): Check {
  return (configuration, minor) =>
    configuration['mode'] === name ? check(configuration, minor) : [];
}

function conntrackChecks(): readonly Check[] {
  const at = 'KubeProxyLinuxConfiguration.KubeProxyConntrackConfiguration';
  return [
    within('conntrack.maxPerCore', `${at}.MaxPerCore`, 0, 2 ** 31, notNegative),
    within('conntrack.min', `${at}.Min`, 0, 2 ** 31, notNegative),
    duration('conntrack.tcpEstablishedTimeout', `${at}.TCPEstablishedTimeout`),
    duration('conntrack.tcpCloseWaitTimeout', `${at}.TCPCloseWaitTimeout`),
    duration('conntrack.udpTimeout', `${at}.UDPTimeout`),
    duration('conntrack.udpStreamTimeout', `${at}.UDPStreamTimeout`),
  ];
}

function* mode(configuration: Values, minor: number): Iterable<Refused> {
  const written = text(configuration['mode']) ?? '';
  const known = modesOf(minor, object(configuration['featureGates']));
  if (written === '' || known.some((name) => name === written)) return;
  yield { path: 'mode', message: unknownMode(written, known, minor) };
}

/** The section that a mode takes its sync periods from. */
export function periodSection(mode: string): 'iptables' | 'ipvs' | 'nftables' {
  return mode === 'ipvs' || mode === 'nftables' ? mode : 'iptables';
}

function* syncPeriods(configuration: Values): Iterable<Refused> {
  const section = periodSection(text(configuration['mode']) ?? '');
  const written = object(configuration[section]);
  const [period, least] = ['syncPeriod', 'minSyncPeriod'].map((name) => {
    const ms = goDuration(text(written[name]) ?? '0').ms ?? 0;
    return ms === 0 ? (name === 'syncPeriod' ? 30_000 : section === 'ipvs' ? 0 : 1_000) : ms;
  });
  if (period === undefined || least === undefined) return;
  const { syncPeriod, minSyncPeriod } = written;
  if (period < 0) {
    yield invalid(`${section}.syncPeriod`, 'SyncPeriod', syncPeriod, 'must be greater than 0');
  }
  if (least < 0) {
    yield invalid(`${section}.minSyncPeriod`, 'MinSyncPeriod', minSyncPeriod, notNegative);
  }
  if (least > period) {
    const detail = `must be greater than or equal to ${root}.MinSyncPeriod`;
    const path = minSyncPeriod === undefined ? 'syncPeriod' : 'minSyncPeriod';
    yield invalid(`${section}.${path}`, 'SyncPeriod', minSyncPeriod ?? '1s', detail);
  }
}

function* bindAddress(configuration: Values): Iterable<Refused> {
  const written = text(configuration['bindAddress']) ?? '';
  if (written === '' || parseAddr(written) !== undefined) return;
  const detail = 'not a valid textual representation of an IP address';
  yield invalid('bindAddress', 'BindAddress', written, detail);
}

function* nodePortAddresses(configuration: Values): Iterable<Refused> {
  const written = list(configuration['nodePortAddresses']);
  for (const [i, one] of written.entries()) {
    const at = [`nodePortAddresses[${i}]`, `NodePortAddresses[${i}]`] as const;
    if (one === 'primary') {
      if (written.length !== 1) yield invalid(...at, one, "can't use both 'primary' and CIDRs");
      return;
    }
    if (parseCidr(String(one)) === undefined) yield invalid(...at, one, 'must be a valid CIDR');
  }
}

const detectLocalModes = ['ClusterCIDR', 'NodeCIDR', 'BridgeInterface', 'InterfaceNamePrefix', ''];

/** field.NotSupported; up to 1.25 the mode is looked at when it is used. */
function* detectLocalMode(configuration: Values, minor: number): Iterable<Refused> {
  const written = text(configuration['detectLocalMode']) ?? '';
  if (detectLocalModes.includes(written)) return;
  const valid = detectLocalModes.map((one) => `"${one}"`).join(', ');
  const message =
    minor > 25
      ? `${root}.DetectLocalMode: Unsupported value: "${written}": supported values: ${valid}`
      : `unknown detect-local-mode: ${written}`;
  yield { path: 'detectLocalMode', message };
}

/** What the chosen way of telling Pods from others needs. */
function* detectLocal(configuration: Values): Iterable<Refused> {
  const written = object(configuration['detectLocal']);
  const at = 'DetectLocalConfiguration';
  switch (text(configuration['detectLocalMode']) ?? '') {
    case 'BridgeInterface':
      if ((written['bridgeInterface'] ?? '') === '') {
        yield invalid('detectLocalMode', `${at}.InterfaceName`, '', 'must not be empty');
      }
      return;
    case 'InterfaceNamePrefix':
      if ((written['interfaceNamePrefix'] ?? '') === '') {
        yield invalid('detectLocalMode', `${at}.InterfacePrefix`, '', 'must not be empty');
      }
      return;
    case 'ClusterCIDR':
    case '':
      yield* clusterCidrs(configuration, `${at}.ClusterCIDRs`);
  }
}

const pairDetail =
  'must be a either a single CIDR or dual-stack pair of CIDRs (e.g. [10.100.0.0/16, fde4:8dba:82e1::/48]';

function* clusterCidrs(configuration: Values, at: string): Iterable<Refused> {
  const written = text(configuration['clusterCIDR']) ?? '';
  if (written === '') return;
  const all = written.split(',');
  if (all.length > 2) return yield invalid('clusterCIDR', at, all, pairDetail);
  const parsed = all.map((one) => parseCidr(one));
  const detail = 'must be a valid CIDR block (e.g. 10.100.0.0/16 or fde4:8dba:82e1::/48)';
  for (const [i, one] of parsed.entries()) {
    if (one === undefined) yield invalid('clusterCIDR', `${at}[${i}]`, all[i], detail);
  }
  const [first, second] = parsed;
  if (first === undefined || second === undefined) return;
  if (familyOf(first.low) === familyOf(second.low)) {
    yield invalid('clusterCIDR', at, all, pairDetail);
  }
}

/** ip_vs's. */
export const schedulers: readonly string[] = [
  'rr',
  'wrr',
  'lc',
  'wlc',
  'lblc',
  'lblcr',
  'dh',
  'sh',
  'sed',
  'nq',
  'fo',
  'ovf',
  'mh',
  'twos',
];

/** Not validated: kube-proxy tries to make a virtual server with it, and the kernel has no such module (ENOENT). */
function* scheduler(configuration: Values): Iterable<Refused> {
  const written = text(object(configuration['ipvs'])['scheduler']) ?? '';
  if (configuration['mode'] !== 'ipvs' || written === '' || schedulers.includes(written)) return;
  const message = "can't use the IPVS proxier: no such file or directory";
  yield {
    path: 'ipvs.scheduler',
    message: `${message} (ip_vs has no scheduler "${written}")`,
    hint: `schedulers: ${schedulers.join(', ')}`,
  };
}

/** checkBadIPConfig: ranges that are all of the family that the nodes lack. */
export function* wrongFamily(configuration: Values, own: readonly Family[]): Iterable<Refused> {
  const [only] = own;
  if (only === undefined || own.length > 1) return;
  const ranges = [
    { path: 'clusterCIDR', name: 'clusterCIDRs', value: split(configuration['clusterCIDR']) },
    {
      path: 'ipvs.excludeCIDRs',
      name: 'ipvs.excludeCIDRs',
      value: list(object(configuration['ipvs'])['excludeCIDRs']).map(String),
    },
  ];
  for (const { path, name, value } of ranges) {
    const families = value.flatMap((one) => {
      const parsed = parseCidr(one);
      return parsed === undefined ? [] : [familyOf(parsed.low)];
    });
    if (families.length === 0 || families.includes(only)) continue;
    const found = `cluster is IPv${only}-only but ${name} contains only IPv${only === 4 ? 6 : 4} addresses`;
    yield { path, message: `kube-proxy configuration is incorrect: ${found}` };
  }
}

function split(value: unknown): readonly string[] {
  const written = text(value) ?? '';
  return written === '' ? [] : written.split(',');
}

function valueAt(configuration: Values, path: string): unknown {
  const dot = path.indexOf('.');
  if (dot < 0) return configuration[path];
  return object(configuration[path.slice(0, dot)])[path.slice(dot + 1)];
}
