// What bites in a Corefile that CoreDNS takes: look-ups that come back to it, names of the cluster that no `kubernetes`
// answers, probes that nobody answers, zones that no query matches, the order that a release has its plugins in.
import type { ClusterSpec } from '../../api/cluster-spec.ts';
import type { Probe } from '../../api/types.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { ServerBlock } from '../../dns/corefile/corefile.ts';
import { Dispenser } from '../../dns/corefile/dispenser.ts';
import { zonesOf } from '../../dns/corefile/zone-key.ts';
import { clusterDnsAddress } from '../../dns/kubeadm/coredns.ts';
import { isSubdomain, longestZone } from '../../dns/message/name.ts';
import { pluginOrder, UNMODELLED } from '../../dns/plugin.cfg.ts';
import {
  type Configuration,
  type ConfigureOptions,
  readBlocks,
  type Site,
} from '../../dns/server/config.ts';
import { formatAddr } from '../../net/addr.ts';
import { parseResolvConf } from '../../net/resolv-conf.ts';
import { type CheckFinding, objectName, placeOf, type Severity } from './check.ts';
import type { CorefileUse } from './corefile-uses.ts';
import { serverOf, silent, upstreamId } from './upstreams.ts';

export interface Advised {
  readonly use: CorefileUse;
  readonly spec: ClusterSpec;
  readonly configuration: Configuration;
  readonly options: ConfigureOptions;
  /** The settled cluster; null: there is none. */
  readonly cluster: Cluster | null;
}

interface Block {
  readonly block: ServerBlock;
  readonly sites: readonly Site[];
}

export function adviceOn(given: Advised): readonly CheckFinding[] {
  const { options, use, configuration } = given;
  const blocks = readBlocks(use.text, options).map((block, chain) => ({
    block,
    sites: configuration.sites.filter((site) => site.chain === chain),
  }));
  return [
    ...blocks.flatMap((block) => loops(block, given)),
    ...blocks.flatMap((block) => upstreams(block, given)),
    ...blocks.flatMap((block) => capitals(block, given)),
    ...blocks.flatMap((block) => strayBrace(block, given)),
    ...blocks.flatMap((block) => cacheOrder(block, given)),
    ...clusterZone(blocks, given),
    ...probes(given),
    ...withoutEffect(blocks, given),
  ];
}

interface Said {
  readonly id: string;
  readonly severity: Severity;
  readonly message: string;
  readonly effect: string;
  readonly fix: string;
}

/** A finding at a directive of a block, at its key, or at the Corefile as a whole. */
function at({ use }: Advised, block: ServerBlock | null, directive: string | null, said: Said) {
  const token = directive === null ? block?.keyTokens[0] : block?.directives.get(directive)?.[0];
  const place = token === undefined ? null : use.positionOf(token.line, token.column, token.file);
  const { position, sourceLine } = place ?? placeOf(use.manifest, `data.${use.key}`);
  return { object: objectName(use.manifest), position, sourceLine, ...said };
}

/** The arguments of each line of a directive. */
function linesOf({ block }: Block, directive: string): readonly (readonly string[])[] {
  const d = new Dispenser('', block.directives.get(directive) ?? [], () => null);
  const lines: (readonly string[])[] = [];
  while (d.next()) {
    lines.push(d.remainingArgs());
    while (d.nextBlock()) d.remainingArgs();
  }
  return lines;
}

/** Whether Pods that ask the cluster's DNS Service ask this CoreDNS. */
function servesCluster({ runner }: CorefileUse): boolean {
  return runner?.labels['k8s-app'] === 'kube-dns';
}

function loops(one: Block, given: Advised): readonly CheckFinding[] {
  const { use, spec, options } = given;
  const own = new Set(['127.0.0.1', '::1', 'localhost']);
  const dns = formatAddr(clusterDnsAddress(spec.serviceSubnet));
  if (servesCluster(use)) own.add(dns);
  for (const ip of use.nodeCache?.flags.localIPs ?? []) own.add(formatAddr(ip));
  const ports = new Set(one.sites.map(({ port }) => port));
  const { dnsPolicy: policy = 'ClusterFirst', hostNetwork } = use.runner?.spec ?? {};
  const asksNodes = policy === 'Default' || (policy === 'ClusterFirst' && hostNetwork === true);
  const nameservers = parseResolvConf(options.resolvConf).nameservers.map(formatAddr);
  const servers = asksNodes || use.runner === null ? nameservers : [dns];
  return linesOf(one, 'forward').flatMap(([from = '.', ...to]) =>
    to.flatMap((target) => {
      const isFile = target.startsWith('/');
      const [, host = '', port = '53'] =
        /^(?:dns:\/\/)?\[?([^\]]*?)\]?(?::(\d+))?$/.exec(target) ?? [];
      const addresses = isFile ? servers : [host];
      const back = addresses.find((text) => own.has(text));
      if (back === undefined || !ports.has(isFile ? 53 : Number(port))) return [];
      const where = isFile ? `${target} (${back})` : target;
      const ends = one.block.directives.has('loop');
      return at(given, one.block, 'forward', {
        id: 'corefile-loop',
        severity: 'error',
        message: `forward ${from} sends look-ups to ${where}, which is this CoreDNS itself`,
        effect: ends
          ? `plugin loop finds it and ends CoreDNS: "Loop (127.0.0.1 -> :53) detected for zone "${from}"", so that its Pods crash for ever`
          : 'each such look-up goes round until all of them time out: SERVFAIL after seconds, and all its memory and CPU',
        fix: isFile
          ? 'give the Pod dnsPolicy: Default and the node a resolv.conf without the loopback address, or name the upstream server'
          : 'name a server outside of the cluster',
      });
    }),
  );
}

/** Servers of `forward` where nothing answers. */
function upstreams(one: Block, given: Advised): readonly CheckFinding[] {
  const { cluster, use } = given;
  const tokens = one.block.directives.get('forward') ?? [];
  const data = (use.manifest.object['data'] ?? {}) as Readonly<Record<string, unknown>>;
  const written = String(data[use.key]);
  return linesOf(one, 'forward').flatMap(([from = '.', ...to]) =>
    to.flatMap((target) => {
      const own = serverOf(target)?.addr;
      if (use.nodeCache?.flags.localIPs.some((ip) => ip === own) === true) return [];
      // What node-cache writes for a placeholder is its cluster's own.
      if (use.nodeCache !== null && !written.includes(target)) return [];
      const said = silent(cluster, `forward ${from}`, target);
      if (said === null) return [];
      const token = tokens.find(({ text }) => text === target);
      const finding = at(given, one.block, 'forward', {
        id: upstreamId,
        severity: 'warning',
        ...said,
      });
      const place = token && use.positionOf(token.line, token.column, token.file);
      return place ? { ...finding, ...place } : finding;
    }),
  );
}

function capitals({ block, sites }: Block, given: Advised): readonly CheckFinding[] {
  return sites
    .filter(({ zone }) => zone !== zone.toLowerCase())
    .map(({ zone }) =>
      at(given, block, null, {
        id: 'corefile-zone-case',
        severity: 'warning',
        message: `before CoreDNS 1.14.7 the zone ${zone} is found by no query: names are compared in lower case`,
        effect: 'another block answers, or REFUSED',
        fix: `write ${zone.toLowerCase().replace(/\.$/, '')}`,
      }),
    );
}

/** What stands behind the brace that ended the last block is read as keys of another one. */
function strayBrace({ block }: Block, given: Advised): readonly CheckFinding[] {
  const { use } = given;
  const [token] = block.keyTokens;
  const [key = ''] = block.keys;
  if (token === undefined || token.file !== '') return [];
  const line = use.text.split('\n')[token.line - 1] ?? '';
  const isBrace = key === '}';
  const isPlugin = pluginOrder(use.started.version).includes(key) && !line.includes('{');
  if (!isBrace && !isPlugin) return [];
  return [
    at(given, block, null, {
      id: 'corefile-stray-brace',
      severity: 'warning',
      message: isBrace
        ? 'this } closes nothing: CoreDNS takes it for a server block and serves a zone }.'
        : `the block before has ended, so that CoreDNS takes ${key} for a server block and serves a zone ${key}.`,
      effect: isBrace
        ? 'no query matches that zone; CoreDNS warns that it "does not follow RFC1035 preferred syntax"'
        : 'no query matches that zone, and what is written here does nothing',
      fix: isBrace ? 'leave it out' : 'take out the } before that is one too many',
    }),
  ];
}

function cacheOrder({ block }: Block, given: Advised): readonly CheckFinding[] {
  const { version } = given.use.started;
  const after = ['rewrite', 'autopath'].filter((name) => block.directives.has(name));
  const order = pluginOrder(version);
  const late = after.filter((name) => order.indexOf('cache') < order.indexOf(name));
  if (!block.directives.has('cache') || late.length === 0) return [];
  return [
    at(given, block, 'cache', {
      id: 'corefile-cache-order',
      severity: 'info',
      message: `in CoreDNS ${version} cache comes before ${late.join(' and ')}, wherever they stand in the Corefile`,
      effect:
        'answers are kept under the name that clients ask for, after it was rewritten; from 1.14.7 on under the rewritten one',
      fix: 'nothing, unless rules depend on who asks: then leave cache out of this block',
    }),
  ];
}

/** The block that takes a query on a port. */
function blockFor(blocks: readonly Block[], name: string, port: number): Block | undefined {
  const sites = blocks.flatMap(({ sites: own }) => own).filter((site) => site.port === port);
  const zone = longestZone(
    sites.map((site) => site.zone),
    name,
  );
  return blocks.find(({ sites: own }) => own.some((s) => s.zone === zone && s.port === port));
}

function clusterZone(blocks: readonly Block[], given: Advised): readonly CheckFinding[] {
  const { use, spec } = given;
  if (!servesCluster(use)) return [];
  const domain = `${spec.dnsDomain.toLowerCase()}.`;
  const name = `kubernetes.default.svc.${domain}`;
  const one = blockFor(blocks, name, use.started.port);
  const zones = (own: Block) =>
    linesOf(own, 'kubernetes').flatMap((args) =>
      args.length === 0 ? own.sites.map(({ zone }) => zone) : args.flatMap((z) => zonesOf(z) ?? []),
    );
  if (one !== undefined && zones(one).some((zone) => isSubdomain(zone, domain))) return [];
  const other = blocks.find((own) => zones(own).some((zone) => isSubdomain(zone, domain)));
  const fix = `write kubernetes ${spec.dnsDomain} in-addr.arpa ip6.arpa into the block that has ${spec.dnsDomain}`;
  const message =
    one === undefined
      ? `no server block takes names of the cluster domain ${spec.dnsDomain} on port ${use.started.port}`
      : other === undefined
        ? `no kubernetes answers for the cluster domain ${spec.dnsDomain}`
        : `names of the cluster domain ${spec.dnsDomain} go to the block ${one.block.keys.join(' ')}, which has no kubernetes for them; ${other.block.keys.join(' ')} has`;
  const effect =
    one === undefined
      ? 'look-ups of Services are REFUSED'
      : 'look-ups of Services go on to what comes next in that block: NXDOMAIN from outside, or SERVFAIL';
  const said = { id: 'corefile-cluster-zone', severity: 'warning', message, effect, fix } as const;
  return [at(given, one?.block ?? null, null, said)];
}

const probed = [
  { field: 'readinessProbe', directive: 'ready', port: 8181, path: '/ready' },
  { field: 'livenessProbe', directive: 'health', port: 8080, path: '/health' },
  { field: 'startupProbe', directive: 'health', port: 8080, path: '/health' },
] as const;

function probes(given: Advised): readonly CheckFinding[] {
  const { use, configuration } = given;
  const container = use.runner?.container;
  if (container === undefined) return [];
  return probed.flatMap(({ field, directive, port, path }) => {
    const get = (container[field] as Probe | undefined)?.httpGet;
    const asked =
      typeof get?.port === 'string'
        ? container.ports?.find(({ name }) => name === get.port)?.containerPort
        : get?.port;
    if (get === undefined || get.path !== path || asked === undefined) return [];
    const isOpen = configuration.services.some(
      (one) =>
        one.kind === directive &&
        one.at.port === asked &&
        (one.at.addr === null || formatAddr(one.at.addr) === get.host),
    );
    if (isOpen) return [];
    const address = asked === port ? '' : ` :${asked}`;
    return at(given, null, null, {
      id: 'corefile-probe',
      severity: 'error',
      message: `the ${field} of ${use.runner?.object} asks for ${path} at port ${asked}, where no ${directive} answers`,
      effect:
        field === 'readinessProbe'
          ? 'its Pods never get ready, so that their Service has no endpoints and look-ups are rejected'
          : 'the kubelet kills the container again and again',
      fix: `write ${directive}${address} into a server block`,
    });
  });
}

/** Directives that only change what no look-up sees. */
function withoutEffect(blocks: readonly Block[], given: Advised): readonly CheckFinding[] {
  const names = new Set(blocks.flatMap(({ block }) => [...block.directives.keys()]));
  const inert = [...names].filter((name) => UNMODELLED[name]?.kind === 'inert').sort();
  if (inert.length === 0) return [];
  return [
    at(given, null, null, {
      id: 'corefile-no-effect',
      severity: 'info',
      message: `svcspec accepts ${inert.join(', ')} and does nothing for them`,
      effect: inert.map((name) => `${name}: ${UNMODELLED[name]?.why}`).join('\n'),
      fix: 'nothing',
    }),
  ];
}
