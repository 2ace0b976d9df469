// What kube-proxy writes to its log as it starts, line by line as klog prints it: which mode it runs in, what it takes for
// its node's address, what in its configuration is doubtful. Not the lines of later syncs, nor those of informers.
// Models cmd/kube-proxy/app/server.go and server_linux.go, and NewProxier of pkg/proxy/iptables, by version.

import { isKernelBefore } from '../api/cluster-spec.ts';
import { formatGoDuration } from '../api/go-duration.ts';
import { endingGate } from '../api/kube-proxy-configuration/feature-gates.ts';
import { type Family, formatAddr } from '../net/addr.ts';
import { formatMicroTime } from '../sim/time.ts';
import type { ProxyConfig, ProxyNode } from './config.ts';
import { connReuseSince, noScheduler, type Obstacle } from './supported.ts';

type Line =
  | 'defaulted'
  | 'addresses'
  | 'doubtful'
  | 'stack'
  | 'iptables'
  | 'ipvs'
  | 'ipvsDeprecated'
  | 'nftables'
  | 'localnet'
  | 'version'
  | 'golang'
  | 'trialMissing'
  | 'trialFailed'
  | 'noReuse'
  | 'services'
  | 'slices'
  | 'nodes'
  | 'ranges';

/** Where each line stands in the sources of 1.32 to 1.36. */
const places: Readonly<Record<Line, readonly [string, number, number, number, number, number]>> = {
  defaulted: ['server_linux.go', 66, 63, 53, 53, 49],
  addresses: ['server.go', 698, 715, 219, 218, 228],
  doubtful: ['server.go', 234, 245, 256, 255, 265],
  stack: ['server.go', 245, 256, 267, 266, 276],
  iptables: ['server_linux.go', 170, 145, 132, 136, 137],
  ipvs: ['server_linux.go', 231, 202, 189, 193, 194],
  ipvsDeprecated: ['server_linux.go', 0, 0, 0, 195, 196],
  nftables: ['server_linux.go', 292, 259, 246, 253, 254],
  localnet: ['proxier.go', 255, 243, 242, 242, 241],
  trialMissing: ['proxier.go', 654, 642, 644, 644, 0],
  trialFailed: ['proxier.go', 642, 630, 632, 632, 0],
  noReuse: ['proxier.go', 305, 294, 294, 294, 292],
  version: ['server.go', 497, 516, 527, 529, 539],
  golang: ['server.go', 499, 518, 529, 531, 541],
  services: ['config.go', 199, 199, 200, 200, 200],
  slices: ['config.go', 105, 105, 106, 106, 106],
  nodes: ['config.go', 329, 329, 309, 309, 309],
  ranges: ['config.go', 440, 440, 403, 403, 403],
};

/** Lines that stand in another file in 1.36. */
const moved: Partial<Record<Line, readonly [string, number]>> = {
  trialMissing: ['supported.go', 108],
  trialFailed: ['supported.go', 96],
};

/** 1.25, for all older ones too: the mode alone. */
const oldPlaces = { iptables: 208, ipvs: 271, userspace: 345, nftables: 345 } as const;
const oldObstacle = 107;

const first = 32;
const last = 36;
const ipvsDeprecatedSince = 35;
const nodeIPsSince = 34;
/** ServiceCIDRs are watched (MultiCIDRServiceAllocator). */
const rangesSince = 33;

export interface Start {
  readonly config: ProxyConfig;
  /** Whether the configuration names a mode. */
  readonly isModeWritten: boolean;
  readonly node: ProxyNode;
  readonly families: readonly Family[];
  readonly nowMs: number;
  /** What keeps it from running in its mode; null: nothing. */
  readonly obstacle?: Obstacle | null;
}

/** The log of a process that has just started, or ended because it cannot; ends in a newline. */
export function startLog(start: Start): string {
  const lines = start.config.minor < first ? oldLines(start) : newLines(start);
  const log = lines.map((line) => `${line}\n`).join('');
  const { obstacle = null, nowMs } = start;
  return obstacle === null || obstacle.fallsBack
    ? log
    : `${log}${failureLog(obstacle.message, nowMs)}`;
}

/** What a process that gives up writes (component-base/cli/run.go). */
export function failureLog(message: string, nowMs: number): string {
  return `${head('E', nowMs, 'run.go', 72)} "command failed" err=${JSON.stringify(message)}\n`;
}

/** nftables mode, up to 1.34: where a sync that nft refuses is told of, and that it will be tried again. */
const refusedPlaces = { 32: [1805, 1179], 33: [1851, 1204], 34: [1788, 1143] } as const;

/** What a process says when the tool refuses its first sync: `lines` are the tool's. The next try is made with the next
 * change, though it speaks of its sync period. */
export function refusedLog(
  { minor, syncPeriodMs }: Pick<ProxyConfig, 'minor' | 'syncPeriodMs'>,
  family: Family,
  lines: readonly string[],
  nowMs: number,
): string {
  const [failed, again] = refusedPlaces[minor as keyof typeof refusedPlaces] ?? refusedPlaces[34];
  const value = `ipFamily="IPv${family}"`;
  const quoted = lines.map((line) => `\t${line}\n`).join('');
  const error = `${head('E', nowMs, 'proxier.go', failed)} "nftables sync failed" err=<\n${quoted} > ${value}\n`;
  const retry = `"Sync failed" ${value} retryingTime="${formatGoDuration(syncPeriodMs)}"\n`;
  return `${error}${head('I', nowMs, 'proxier.go', again)} ${retry}`;
}

function oldLines({ config, nowMs, obstacle = null }: Start): readonly string[] {
  const { mode } = config;
  const say = (line: number, text: string, level: 'I' | 'E' = 'I') =>
    `${head(level, nowMs, 'server_others.go', line)} "${text}"`;
  if (obstacle !== null) {
    const why = `${say(oldObstacle, "Can't use the IPVS proxier", 'E')} err=${JSON.stringify(obstacle.message)}`;
    return obstacle.fallsBack ? [why, say(oldPlaces.iptables, 'Using iptables Proxier')] : [];
  }
  const using = say(oldPlaces[mode], `Using ${mode} Proxier`);
  if (mode !== 'userspace') return [using];
  const advice =
    "The userspace proxier is now deprecated and will be removed in a future release, please use 'iptables' or 'ipvs' instead";
  return [using, say(oldPlaces.userspace + 1, advice)];
}

function newLines(start: Start): readonly string[] {
  const { config, isModeWritten, node, families, nowMs, obstacle = null } = start;
  const { mode, minor } = config;
  const say = (line: Line, text: string, values = '', level: 'I' | 'E' = 'I') => {
    const [then, ...numbers] = places[line];
    const [file, number] = (minor >= last ? moved[line] : undefined) ?? [
      then,
      numbers[Math.min(minor, last) - first] ?? 0,
    ];
    return `${head(level, nowMs, file, number)} "${text}"${values === '' ? '' : ` ${values}`}`;
  };
  const lines: string[] = [];
  if (!isModeWritten) lines.push(say('defaulted', 'Using iptables proxy'));
  const gates = gateLines(config, nowMs);
  lines.push(...gates, ...gates);
  const own = JSON.stringify(node.addresses.map(formatAddr));
  lines.push(
    minor >= nodeIPsSince
      ? say('addresses', 'Successfully retrieved NodeIPs', `NodeIPs=${own}`)
      : say('addresses', 'Successfully retrieved node IP(s)', `IPs=${own}`),
  );
  const doubt = doubtOf(start);
  if (doubt !== null) {
    const text = 'Kube-proxy configuration may be incomplete or incorrect';
    lines.push(say('doubtful', text, `err=${JSON.stringify(doubt)}`, 'E'));
  }
  lines.push(...stackLines(families, say));
  if (obstacle?.trial) {
    const scheduler = `scheduler=${JSON.stringify(config.ipvs.scheduler)}`;
    lines.push(
      obstacle.trial === 'missing'
        ? say('trialMissing', 'Dummy VS not created', scheduler)
        : say('trialFailed', 'Could not create dummy VS', `err="${noScheduler}" ${scheduler}`, 'E'),
    );
    return lines;
  }
  lines.push(say(modeLine(mode), `Using ${mode} Proxier`));
  if (obstacle !== null) return lines;
  if (mode === 'ipvs' && minor >= ipvsDeprecatedSince) {
    const text =
      "The ipvs proxier is now deprecated and may be removed in a future release. Please use 'nftables' instead.";
    lines.push(say('ipvsDeprecated', text, '', 'E'));
  }
  if (mode === 'ipvs' && isKernelBefore(config, connReuseSince)) {
    const text = "Can't set sysctl, kernel version doesn't satisfy minimum version requirements";
    const values = `sysctl="net/ipv4/vs/conn_reuse_mode" minimumKernelVersion="${connReuseSince}"`;
    for (const family of families) {
      lines.push(say('noReuse', text, `${values} ipFamily="IPv${family}"`, 'E'));
    }
  }
  if (mode === 'iptables' && config.localhostNodePorts)
    lines.push(say('localnet', localnet, 'ipFamily="IPv4"'));
  lines.push(
    say('version', 'Version info', `version="v1.${minor}.0"`),
    say('golang', 'Golang settings', 'GOGC="" GOMAXPROCS="" GOTRACEBACK=""'),
    say('services', 'Starting service config controller'),
    say('slices', 'Starting endpoint slice config controller'),
    ...(minor >= rangesSince ? [say('ranges', 'Starting serviceCIDR config controller')] : []),
    say('nodes', 'Starting node config controller'),
  );
  return lines;
}

/** feature_gate.go of component-base: where it warns of deprecated gates and, up to 1.35, of stable ones. */
const gatePlaces = [352, 350, 350, 408, 477] as const;
const structuredSince = 36;

/** Gates are set twice, so all of this is said twice. */
function gateLines({ featureGates, minor }: ProxyConfig, nowMs: number): readonly string[] {
  const number = gatePlaces[Math.min(minor, last) - first] ?? 0;
  return Object.keys(featureGates)
    .sort()
    .flatMap((gate) => {
      const ending = endingGate(gate, minor);
      if (ending === null) return [];
      const value = featureGates[gate];
      if (minor >= structuredSince) {
        const text = `"Warning: setting ${ending} feature gate. It will be removed in a future release."`;
        return `${head('I', nowMs, 'feature_gate.go', number)} ${text} featureGate="${gate}" value=${value}`;
      }
      const at = ending === 'GA' ? number + 2 : number;
      return `${head('W', nowMs, 'feature_gate.go', at)} Setting ${ending} feature gate ${gate}=${value}. It will be removed in a future release.`;
    });
}

const localnet =
  'Setting route_localnet=1 to allow node-ports on localhost; to change this either disable iptables.localhostNodePorts (--iptables-localhost-nodeports) or set nodePortAddresses (--nodeport-addresses) to filter loopback addresses';

function modeLine(mode: ProxyConfig['mode']): 'iptables' | 'ipvs' | 'nftables' {
  return mode === 'ipvs' || mode === 'nftables' ? mode : 'iptables';
}

/** A node of a single-stack cluster has one family here, so kube-proxy finds the other one missing. */
function stackLines(
  families: readonly Family[],
  say: (line: Line, text: string, values: string) => string,
): readonly string[] {
  const name = `"IPv${families[0] ?? 4}"`;
  return families.length > 1
    ? [say('stack', 'kube-proxy running in dual-stack mode', `primary ipFamily=${name}`)]
    : [say('stack', 'kube-proxy running in single-stack mode', `ipFamily=${name}`)];
}

/** checkBadConfig. */
function doubtOf({ config }: Start): string | null {
  // nftables mode has a default: primary.
  if (config.nodePortAddresses.length > 0 || config.mode === 'nftables') return null;
  return 'nodePortAddresses is unset; NodePort connections will be accepted on all local IPs. Consider using `--nodeport-addresses primary`';
}

/** "I0101 00:00:00.000000       1 server.go:218]". */
function head(level: 'I' | 'W' | 'E', nowMs: number, file: string, line: number): string {
  const text = formatMicroTime(nowMs);
  const date = `${text.slice(5, 7)}${text.slice(8, 10)}`;
  return `${level}${date} ${text.slice(11, -1)}       1 ${file}:${line}]`;
}
