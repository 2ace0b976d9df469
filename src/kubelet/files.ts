// /etc/resolv.conf, /etc/hosts and the hostname of a pod. pkg/kubelet/network/dns and kubelet_pods.go.
import type { Pod, PodDNSConfig } from '../api/types.ts';
import { type Addr, parseAddr } from '../net/addr.ts';
import { parseResolvConf, type ResolvConf } from '../net/resolv-conf.ts';
import type { PodFiles } from './runtime.ts';

export interface DnsFacts {
  /** --cluster-dns: the kube-dns Service's address. */
  readonly clusterDNS: readonly Addr[];
  readonly dnsDomain: string;
  /** Text of the node's own resolv.conf. */
  readonly nodeResolvConf: string;
}

/** The hostname: spec.hostname or the pod's name, cut to 63 characters; the node's under hostNetwork. */
export function hostnameOf(pod: Pod): string {
  if (pod.spec.hostNetwork === true) return pod.spec.nodeName ?? pod.metadata.name;
  const name = pod.spec.hostname ?? '';
  return (name === '' ? pod.metadata.name : name).slice(0, 63).replace(/[-.]+$/, '');
}

export function filesOf(pod: Pod, podIPs: readonly string[], facts: DnsFacts): PodFiles {
  return {
    resolvConf: resolvConfOf(pod, facts),
    hosts: hostsOf(pod, podIPs, facts.dnsDomain),
    hostname: hostnameOf(pod),
  };
}

/** What the pod's resolvers read, by dnsPolicy and dnsConfig. */
export function resolvConfOf(pod: Pod, facts: DnsFacts): ResolvConf {
  return withConfig(byPolicy(pod, facts), pod.spec.dnsConfig);
}

function byPolicy(pod: Pod, facts: DnsFacts): ResolvConf {
  const node = nodeConf(facts.nodeResolvConf);
  const { hostNetwork, dnsPolicy = 'ClusterFirst' } = pod.spec;
  if (dnsPolicy === 'None') return { nameservers: [], search: [], options: [] };
  const clusterFirst =
    dnsPolicy === 'ClusterFirstWithHostNet' ||
    (dnsPolicy === 'ClusterFirst' && hostNetwork !== true);
  if (!clusterFirst || facts.clusterDNS.length === 0) return node;
  const { namespace = 'default' } = pod.metadata;
  const domain = facts.dnsDomain;
  const search = [`${namespace}.svc.${domain}`, `svc.${domain}`, domain, ...node.search];
  return {
    nameservers: facts.clusterDNS,
    search: [...new Set(search)],
    options: ['ndots:5'],
  };
}

function nodeConf(text: string): ResolvConf {
  const conf = parseResolvConf(text);
  const search = conf.search.map((name) => name.replace(/\.$/, '')).filter((name) => name !== '');
  return { ...conf, search };
}

/** dnsConfig adds servers and domains (duplicates dropped) and overrides options of the same name. */
function withConfig(base: ResolvConf, config: PodDNSConfig | undefined): ResolvConf {
  if (config === undefined) return base;
  const added = (config.nameservers ?? []).flatMap((text) => parseAddr(text) ?? []);
  const options = new Map(base.options.map((option) => [option.split(':')[0] ?? option, option]));
  for (const { name, value } of config.options ?? []) {
    if (name !== undefined) options.set(name, value === undefined ? name : `${name}:${value}`);
  }
  return {
    nameservers: [...new Set([...base.nameservers, ...added])],
    search: [...new Set([...base.search, ...(config.searches ?? [])])],
    options: [...options.values()],
  };
}

/** Text of /etc/hosts as the kubelet manages it. */
export function hostsOf(pod: Pod, podIPs: readonly string[], dnsDomain: string): string {
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
    const host = hostnameOf(pod);
    const { subdomain = '' } = pod.spec;
    const namespace = pod.metadata.namespace ?? 'default';
    const full = subdomain === '' ? '' : `${host}.${subdomain}.${namespace}.svc.${dnsDomain}\t`;
    for (const ip of podIPs) lines.push(`${ip}\t${full}${host}`);
  }
  const aliases = pod.spec.hostAliases ?? [];
  if (aliases.length > 0) lines.push('', '# Entries added by HostAliases.');
  for (const alias of aliases) lines.push(`${alias.ip}\t${(alias.hostnames ?? []).join('\t')}`);
  return `${lines.join('\n')}\n`;
}
