// A town for tests: three nodes with kubelet's, the CNI's and kube-proxy's own rules, one Service with every frontend,
// endpoints e1 and e2, clients p1 and p2 beside them, and an outside host with routes to node n1.
import { bridge } from '../../src/cni/bridge.ts';
import type { Fabric } from '../../src/fabric/fabric.ts';
import { addPod, lab, open } from '../../src/fabric/lab.ts';
import { kubeletLayer } from '../../src/kubelet/iptables.ts';
import { type Addr, addr } from '../../src/net/addr.ts';
import { cidr } from '../../src/net/cidr.ts';
import { SCTP, TCP, UDP } from '../../src/net/packet.ts';
import { createNetfilter } from '../../src/netfilter/kernel.ts';
import type { Netfilter } from '../../src/netfilter/netfilter.ts';
import type { RuleSource } from '../../src/netfilter/rule.ts';
import { composeRules } from '../../src/netfilter/ruleset.ts';
import { defaultProxyConfig, type ProxyConfig } from '../../src/proxy/config.ts';
import * as iptables from '../../src/proxy/iptables/layer.ts';
import { ipvsMode } from '../../src/proxy/ipvs/mode.ts';
import type { ProxyMachine } from '../../src/proxy/mode.ts';
import * as nftables from '../../src/proxy/nftables/layer.ts';
import type { ProxySnapshot } from '../../src/proxy/snapshot.ts';
import { Causes } from '../../src/sim/causes.ts';
import { seeded } from '../../src/sim/choices.ts';
import { service, slice, snapshotOf } from './proxy-objects.ts';

const podSubnets = [cidr('10.244.0.0/16')];
export const detecting: ProxyConfig = {
  ...defaultProxyConfig,
  clusterCIDRs: podSubnets,
  randomFully: false,
};

export type Policy = 'Cluster' | 'Local';

export interface TownPlan {
  readonly itp?: Policy;
  readonly etp?: Policy;
  /** "e1", "e2". */
  readonly endpoints?: readonly string[];
  /** loadBalancerSourceRanges. */
  readonly ranges?: readonly string[];
  readonly config?: Partial<ProxyConfig>;
  readonly createNetfilter?: (rules: RuleSource) => Netfilter;
}

export function serviceTown(plan: TownPlan = {}): Fabric {
  const fabric = lab(plan.createNetfilter ?? createNetfilter);
  for (const n of [1, 2]) {
    addPod(fabric, `e${n}`, `10.244.${n}.10`);
    addPod(fabric, `p${n}`, `10.244.${n}.2`);
    open(fabric, `pod/d/e${n}`, 80, TCP);
    open(fabric, `pod/d/e${n}`, 80, UDP);
    open(fabric, `pod/d/e${n}`, 80, SCTP);
  }
  const via = (ip: string) => ({ to: cidr(ip), via: 'n1' });
  const routes = [via('10.96.0.0/16'), via('198.51.100.0/24')];
  fabric.addHost({ name: 'routed', ip: addr('203.0.113.60'), routes });
  loadRules(fabric, plan);
  fabric.announce(addr('198.51.100.9'), { nodes: ['n1'], ports: null });
  return fabric;
}

const ports = [
  { name: 'p80', port: 80, protocol: 'TCP', nodePort: 30080 },
  { name: 'u80', port: 80, protocol: 'UDP', nodePort: 30080 },
  { name: 's80', port: 80, protocol: 'SCTP', nodePort: 30080 },
  { name: 'closed', port: 81, protocol: 'TCP', nodePort: 30081 },
  { name: 'uclosed', port: 81, protocol: 'UDP', nodePort: 30081 },
];

/** Loads what a kube-proxy would write for this plan. The second Service has the same endpoints at 10.96.0.6. */
export function loadRules(fabric: Fabric, plan: TownPlan): void {
  const { config = {} } = plan;
  const snapshot = objectsOf(plan);
  const causes = new Causes();
  for (const n of [1, 2, 3]) {
    const node = {
      name: `n${n}`,
      addresses: [addr(`192.168.4.${100 + n}`), addr(`10.244.${n}.1`)],
      labels: {},
      podCIDRs: [cidr(`10.244.${n}.0/24`)],
    };
    const input = {
      snapshot,
      node,
      config: { ...detecting, ...config },
      causes,
      family: 4,
    } as const;
    const { mode } = input.config;
    const { rulesFor } = mode === 'nftables' ? nftables : iptables;
    const proxy =
      mode === 'ipvs'
        ? ipvsMode.sync(null, input, machineOf(fabric, node.name, node.addresses)).layer
        : rulesFor(snapshot, node, input.config, causes);
    const about = { name: node.name, addresses: node.addresses, podCIDRs: [], podSubnets };
    const cni = [bridge.layer(about, 4) ?? []].flat();
    const layers = [kubeletLayer(4), ...cni, proxy];
    fabric.setRules(node.name, composeRules(4, layers));
    fabric.setSysctls(node.name, { routeLocalnet: mode === 'iptables' });
  }
}

function objectsOf(plan: TownPlan): ProxySnapshot {
  const { itp = 'Cluster', etp = 'Cluster', endpoints = ['e1', 'e2'], ranges } = plan;
  const list = endpoints.map((e) => ({
    ip: `10.244.${e.slice(1)}.10`,
    nodeName: `n${e.slice(1)}`,
  }));
  const slicePorts = { ports: ports.map(({ name, port, protocol }) => ({ name, port, protocol })) };
  return snapshotOf(
    service(
      'd/web',
      {
        type: 'LoadBalancer',
        clusterIP: '10.96.0.5',
        externalIPs: ['198.51.100.7'],
        internalTrafficPolicy: itp,
        externalTrafficPolicy: etp,
        ports,
        ...(etp === 'Local' ? { healthCheckNodePort: 30000 } : {}),
        ...(ranges === undefined ? {} : { loadBalancerSourceRanges: [...ranges] }),
      },
      { loadBalancer: ['198.51.100.9'] },
    ),
    slice('d/web', list, slicePorts),
    service('d/twin', { clusterIP: '10.96.0.6', ports: ports.map(({ nodePort: _, ...p }) => p) }),
    slice('d/twin', list, slicePorts),
  );
}

/** The node as an IPVS kube-proxy changes it. */
function machineOf(fabric: Fabric, node: string, addresses: readonly Addr[]): ProxyMachine {
  const name = `node/${node}`;
  return {
    nowMs: 0,
    choices: seeded(1),
    ipvs: fabric.ipvs(name, 4),
    addresses: () => [],
    addressesExcept: () => addresses,
    setDummy: (device, wanted) => fabric.setDummy(name, device, wanted),
    removeDevice: (device) => fabric.removeDevice(name, device),
    setSysctl: () => {},
    listen: () => true,
    unlisten: () => {},
    deleteFlows: () => 0,
    after: () => {},
  };
}

export const targets = {
  clusterIP: ['10.96.0.5', 80],
  nodePort: ['192.168.4.101', 30080],
  localhost: ['127.0.0.1', 30080],
  externalIP: ['198.51.100.7', 80],
  lb: ['198.51.100.9', 80],
} as const;
