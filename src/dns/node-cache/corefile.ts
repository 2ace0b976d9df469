// The Corefile that node-cache writes for its CoreDNS: the ConfigMap's text with the placeholders filled in, and one more
// block for each stub domain of the ConfigMap kube-dns (kubernetes/dns cmd/node-cache/app/configmap.go).
import { byCodeUnit } from '../../sim/table.ts';
import type { NodeCacheFlags } from './flags.ts';

/** What the ConfigMap kube-dns says: text of its keys, where it is mounted. */
export interface KubeDnsConfig {
  readonly stubDomains?: string | undefined;
  readonly upstreamNameservers?: string | undefined;
}

const upstreamServers = '__PILLAR__UPSTREAM__SERVERS__';
/** A block that is written like this asks over UDP as soon as there are servers of one's own. */
const overTcp = `
    forward . ${upstreamServers} {
            force_tcp
    }
`;
const overUdp = `
    forward . ${upstreamServers}
`;

/** The text it writes. `upstreamIP`: address of the upstream Service as the container's environment has it; null: it is not
 * there. A value that is no JSON counts as absent: its sync
 * only logs it. */
export function nodeCacheCorefile(
  base: string,
  flags: NodeCacheFlags,
  upstreamIP: string | null,
  config: KubeDnsConfig,
): string {
  const servers = listOf(config.upstreamNameservers).join(' ');
  const asked = servers === '' ? base : base.replaceAll(overTcp, overUdp);
  const listen = flags.localIPText.replaceAll(',', ' ');
  const text = asked
    .replaceAll(upstreamServers, servers === '' ? '/etc/resolv.conf' : servers)
    .replaceAll('__PILLAR__CLUSTER__DNS__', upstreamIP ?? '<nil>')
    .replaceAll('__PILLAR__LOCAL__DNS__', listen)
    .replaceAll('__PILLAR__DNS__SERVER__', '');
  const stubs = Object.entries(mapOf(config.stubDomains)).sort(([a], [b]) => byCodeUnit(a, b));
  return `${text}${stubs.map(([domain, to]) => stubBlock(domain, to, flags, listen)).join('')}`;
}

/** The place in the template that a place of the written text comes from; undefined: stub domains have it. What stands
 * behind a placeholder of its line is found at the beginning of that line. */
export function placesInBase(base: string, text: string, config: KubeDnsConfig) {
  const from = linesOf(base, listOf(config.upstreamNameservers).length > 0);
  const [was, is] = [base.split('\n'), text.split('\n')];
  return (line: number, column: number) => {
    const n = from[line - 1];
    if (n === undefined) return undefined;
    const same = was[n - 1]?.slice(0, column) === is[line - 1]?.slice(0, column);
    return { line: n, column: same ? column : 1 + (was[n - 1]?.search(/\S|$/) ?? 0) };
  };
}

/** Numbers of the template's lines that are left when its blocks are written anew. */
function linesOf(base: string, areCut: boolean): readonly number[] {
  const all = base.split('\n').map((_line, i) => i + 1);
  if (!areCut) return all;
  const height = (text: string) => text.split('\n').length - 1;
  const cut = new Set<number>();
  for (let at = base.indexOf(overTcp); at >= 0; at = base.indexOf(overTcp, at + overTcp.length)) {
    const first = height(base.slice(0, at)) + 2;
    for (let n = 1; n <= height(overTcp) - height(overUdp); n++) cut.add(first + n);
  }
  return all.filter((n) => !cut.has(n));
}

function stubBlock(
  domain: string,
  servers: readonly string[],
  { dnsPort }: NodeCacheFlags,
  listen: string,
): string {
  return `
${domain}:${dnsPort} {
    errors
    cache 30
    bind ${listen}
    forward . ${servers.join(' ')}
}
`;
}

function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function listOf(text: string | undefined): readonly string[] {
  const value = parsed(text);
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

function mapOf(text: string | undefined): Readonly<Record<string, readonly string[]>> {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  const entries = Object.entries(value).filter((entry): entry is [string, string[]] =>
    Array.isArray(entry[1]),
  );
  return Object.fromEntries(entries);
}

/** "kube-dns-upstream" -> "KUBE_DNS_UPSTREAM_SERVICE_HOST". */
export function upstreamVariable(service: string): string {
  return `${service.replaceAll('-', '_').toUpperCase()}_SERVICE_HOST`;
}
