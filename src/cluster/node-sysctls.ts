// What a node's kernel is set to: the Cluster document's sysctls, and above them what kube-proxy sets as it starts.
import { type ClusterSpec, isKernelBefore, type NodeSpec } from '../api/cluster-spec.ts';
import { conntrackPrefix } from '../api/node-sysctls.table.ts';
import type { Clashes } from '../netfilter/conntrack.ts';
import { defaultTimeouts, type Timeouts } from '../netfilter/conntrack-tcp.table.ts';
import type { Orphans } from '../netfilter/ipvs/table.ts';
import type { NetfilterOptions } from '../netfilter/kernel.ts';
import type { Sysctls } from '../node/machine.ts';
import { proxyConfig } from '../proxy/config.ts';
import { conntrackMax, conntrackTimeouts } from '../proxy/sysctls.ts';

/** Connection tracking of "node/NAME"; of other machines as the kernel has it. */
export function netfilterOf(spec: ClusterSpec): (machine: string) => NetfilterOptions {
  const { conntrack } = proxyConfig(spec);
  const orphans: Orphans = isKernelBefore(spec, '5.9') ? 'kept' : 'ended';
  const common = { clashes: clashesOf(spec), orphans };
  const options = new Map(
    spec.nodes.map((node): [string, NetfilterOptions] => {
      const own = node.sysctls ?? {};
      const timeouts = { ...timeoutsIn(own), ...conntrackTimeouts(conntrack) };
      const max = conntrackMax(conntrack, cpusOf(node)) ?? own[`${conntrackPrefix}max`];
      return [`node/${node.name}`, { ...common, timeouts, ...(max === undefined ? {} : { max }) }];
    }),
  );
  for (const { name, sysctls = {} } of spec.hosts) {
    const max = sysctls[`${conntrackPrefix}max`];
    const own = { ...common, timeouts: timeoutsIn(sysctls) };
    options.set(`host/${name}`, max === undefined ? own : { ...own, max });
  }
  const others = { ...common, timeouts: conntrackTimeouts(conntrack) };
  return (machine) => options.get(machine) ?? others;
}

function timeoutsIn(own: Readonly<Record<string, number>>): Partial<Timeouts> {
  const names = Object.keys(defaultTimeouts).filter((name) => `${conntrackPrefix}${name}` in own);
  return Object.fromEntries(names.map((name) => [name, own[`${conntrackPrefix}${name}`]]));
}

/** runtime.NumCPU of the node. */
function cpusOf({ capacity }: NodeSpec): number {
  return Math.max(1, Math.trunc(Number(capacity?.['cpu'] ?? usualCpus)) || usualCpus);
}

/** The CPUs of a node that declares none (kubelet/node.ts). */
const usualCpus = 64;

/** ICMP errors of the type destination-unreachable, which icmp_ratemask limits unless it is cleared. */
const unreachable = 1 << 3;

/** What else the document sets of a node's machine. */
export function machineSysctls({ sysctls = {} }: NodeSpec): Partial<Sysctls> {
  const limitMs = sysctls['net.ipv4.icmp_ratelimit'];
  const mask = sysctls['net.ipv4.icmp_ratemask'] ?? unreachable;
  const four = sysctls['net.bridge.bridge-nf-call-iptables'];
  const six = sysctls['net.bridge.bridge-nf-call-ip6tables'];
  return {
    ...(limitMs === undefined ? {} : { icmpRatelimitMs: (mask & unreachable) === 0 ? 0 : limitMs }),
    ...(four === undefined ? {} : { bridgeNf: four === 1 }),
    ...(six === undefined ? {} : { bridgeNf6: six === 1 }),
  };
}

/** nf_ct_resolve_clash of the nodes' kernel. */
function clashesOf(spec: ClusterSpec): Clashes {
  if (isKernelBefore(spec, '5.0')) return 'dropped';
  return isKernelBefore(spec, '5.7') ? 'merged' : 'resolved';
}
