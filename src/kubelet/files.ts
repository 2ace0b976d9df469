// /etc/resolv.conf, /etc/hosts and the hostname of a pod. pkg/kubelet/network/dns and kubelet_pods.go.
import type { Pod, PodDNSConfig } from '../api/types.ts';
import { type Addr, addr, formatAddr, parseAddr } from '../net/addr.ts';
import { parseResolvConf, type ResolvConf } from '../net/resolv-conf.ts';
import type { DnsEvent, PodFiles } from './runtime.ts';

export interface DnsFacts {
  /** --cluster-dns: the kube-dns Service's address. */
  readonly clusterDNS: readonly Addr[];
  readonly dnsDomain: string;
  /** Text of the node's own resolv.conf; null: the kubelet is told of none (resolvConf: ""). */
  readonly nodeResolvConf: string | null;
  readonly minor: number;
}

/** A pod's short name and its domain: "" without a subdomain. */
interface HostName {
  readonly name: string;
  readonly domain: string;
}

/** hostnameOverride is a beta, on by default, from here on; before, the API server drops it. */
const overrideSince = 35;
/** The kernel's nodename has 64 characters; a short name is cut one earlier. */
const nodenameMax = 64;

function hostNameOf(pod: Pod, dnsDomain: string, minor: number): HostName {
  const { hostname = '', subdomain = '', hostnameOverride } = pod.spec;
  if (hostnameOverride !== undefined && minor >= overrideSince) {
    return { name: cut(hostnameOverride), domain: '' };
  }
  const namespace = pod.metadata.namespace ?? 'default';
  const domain = subdomain === '' ? '' : `${subdomain}.${namespace}.svc.${dnsDomain}`;
  return { name: cut(hostname === '' ? pod.metadata.name : hostname), domain };
}

function cut(name: string): string {
  return name.slice(0, nodenameMax - 1).replace(/[-.]+$/, '');
}

/** What `hostname` prints: the node's name under hostNetwork, the whole name with setHostnameAsFQDN. */
export function hostnameOf(pod: Pod, dnsDomain: string, minor: number): string {
  const { hostNetwork, setHostnameAsFQDN, nodeName } = pod.spec;
  if (hostNetwork === true) return nodeName ?? pod.metadata.name;
  const { name, domain } = hostNameOf(pod, dnsDomain, minor);
  return setHostnameAsFQDN === true && domain !== '' ? `${name}.${domain}` : name;
}

/** Why the kubelet can give the pod no hostname; undefined: it can. */
export function hostnameError(pod: Pod, dnsDomain: string, minor: number): string | undefined {
  const name = hostnameOf(pod, dnsDomain, minor);
  if (pod.spec.setHostnameAsFQDN !== true || name.length <= nodenameMax) return undefined;
  return `failed to construct FQDN from pod hostname and cluster domain, FQDN ${name} is too long (${nodenameMax} characters is the max, ${name.length} characters requested)`;
}

export function filesOf(pod: Pod, podIPs: readonly string[], facts: DnsFacts): PodFiles {
  const { dnsDomain, minor } = facts;
  return {
    resolvConf: resolvConfOf(pod, facts).conf,
    hosts: hostsOf(pod, podIPs, hostNameOf(pod, dnsDomain, minor)),
    hostname: hostnameOf(pod, dnsDomain, minor),
  };
}

/** What the pod's resolvers read, by dnsPolicy and dnsConfig; events say what did not fit or was not there. */
export function resolvConfOf(
  pod: Pod,
  facts: DnsFacts,
): { readonly conf: ResolvConf; readonly events: readonly DnsEvent[] } {
  const { conf, messages } = fitted(withConfig(byPolicy(pod, facts), pod.spec.dnsConfig));
  const unfit = messages.map((message) => ({
    reason: 'DNSConfigForming' as const,
    message,
    nodeMessage: null,
  }));
  return { conf, events: isWithoutCluster(pod, facts) ? [missing(pod), ...unfit] : unfit };
}

/** The kubelet's own words: the first policy it names is ClusterFirst whichever it was. */
function missing({ metadata: { name, namespace = 'default', uid = '' } }: Pod): DnsEvent {
  const nodeMessage =
    'kubelet does not have ClusterDNS IP configured and cannot create Pod using "ClusterFirst" policy. Falling back to "Default" policy.';
  const message = `pod: "${name}_${namespace}(${uid})". ${nodeMessage}`;
  return { reason: 'MissingClusterDNS', message, nodeMessage };
}

/** MaxDNSNameservers, MaxDNSSearchPaths, MaxDNSSearchListChars; a longer domain makes some resolvers abort. */
const limits = { nameservers: 3, searches: 32, searchChars: 2048, domainChars: 253 } as const;

function fitted(conf: ResolvConf): {
  readonly conf: ResolvConf;
  readonly messages: readonly string[];
} {
  const messages: string[] = [];
  const nameservers = conf.nameservers.slice(0, limits.nameservers);
  if (nameservers.length < conf.nameservers.length) {
    const line = nameservers.map(formatAddr).join(' ');
    const text = `Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: ${line}`;
    messages.push(text);
  }
  const search = conf.search
    .slice(0, limits.searches)
    .filter((domain) => domain.length <= limits.domainChars);
  while (search.join(' ').length > limits.searchChars) search.pop();
  if (search.length < conf.search.length) {
    const text = `Search Line limits were exceeded, some search paths have been omitted, the applied search line is: ${search.join(' ')}`;
    messages.push(text);
  }
  return { conf: { ...conf, nameservers, search }, messages };
}

/** getPodDNSType: hostNetwork makes Default of ClusterFirst, and of that alone. */
function isClusterFirst({ spec: { hostNetwork, dnsPolicy = 'ClusterFirst' } }: Pod): boolean {
  const isPlain = dnsPolicy === 'ClusterFirst' && hostNetwork !== true;
  return isPlain || dnsPolicy === 'ClusterFirstWithHostNet';
}

function isWithoutCluster(pod: Pod, { clusterDNS }: DnsFacts): boolean {
  return isClusterFirst(pod) && clusterDNS.length === 0;
}

function byPolicy(pod: Pod, facts: DnsFacts): ResolvConf {
  if (pod.spec.dnsPolicy === 'None') return { nameservers: [], search: [], options: [] };
  const { nodeResolvConf, clusterDNS, dnsDomain: domain } = facts;
  const node = nodeConf(nodeResolvConf ?? '');
  if (!isClusterFirst(pod) || clusterDNS.length === 0) {
    return nodeResolvConf === null ? { ...node, nameservers: [own], search: ['.'] } : node;
  }
  const { namespace = 'default' } = pod.metadata;
  const search =
    domain === ''
      ? node.search
      : [...new Set([`${namespace}.svc.${domain}`, `svc.${domain}`, domain, ...node.search])];
  return { nameservers: clusterDNS, search, options: ['ndots:5'] };
}

/** Without a resolv.conf: the server on the local machine, as resolvers do without a nameserver line. The kubelet has one
 * for each family of --node-ip, and this one without that flag. */
const own = addr('127.0.0.1');

/** The kubelet knows no `domain` line, and of an option that is written twice the last one. */
function nodeConf(text: string): ResolvConf {
  const lines = text.split('\n').filter((line) => !/^\s*domain\s/.test(line));
  const conf = parseResolvConf(lines.join('\n'));
  const search = conf.search.map((name) => name.replace(/\.$/, '')).filter((name) => name !== '');
  const options = new Map(conf.options.map((option) => [option.split(':')[0] ?? option, option]));
  return { ...conf, search, options: [...options.values()] };
}

/** dnsConfig adds servers and domains (duplicates dropped) and overrides options of the same name. */
function withConfig(base: ResolvConf, config: PodDNSConfig | undefined): ResolvConf {
  if (config === undefined) return base;
  const added = (config.nameservers ?? []).flatMap((text) => parseAddr(text) ?? []);
  const options = new Map(base.options.map((option) => [option.split(':')[0] ?? option, option]));
  for (const { name, value } of config.options ?? []) {
    if (name !== undefined) options.set(name, (value ?? '') === '' ? name : `${name}:${value}`);
  }
  return {
    nameservers: [...new Set([...base.nameservers, ...added])],
    search: [...new Set([...base.search, ...(config.searches ?? [])])],
    options: [...options.values()],
  };
}

/** Text of /etc/hosts as the kubelet manages it. */
export function hostsOf(pod: Pod, podIPs: readonly string[], host: HostName): string {
  const lines =
    pod.spec.hostNetwork === true
      ? ['# Kubernetes-managed hosts file (host network).', '127.0.0.1\tlocalhost']
      : [
          '# Kubernetes-managed hosts file.',
          '127.0.0.1\tlocalhost',
          '::1\tlocalhost ip6-localhost ip6-loopback',
          'fe00::0\tip6-localnet',
          'fe00::0\tip6-mcastprefix',
          'fe00::1\tip6-allnodes',
          'fe00::2\tip6-allrouters',
        ];
  if (pod.spec.hostNetwork !== true) {
    const full = host.domain === '' ? '' : `${host.name}.${host.domain}\t`;
    for (const ip of podIPs) lines.push(`${ip}\t${full}${host.name}`);
  }
  const aliases = pod.spec.hostAliases ?? [];
  if (aliases.length > 0) lines.push('', '# Entries added by HostAliases.');
  for (const alias of aliases) lines.push(`${alias.ip}\t${(alias.hostnames ?? []).join('\t')}`);
  return `${lines.join('\n')}\n`;
}
