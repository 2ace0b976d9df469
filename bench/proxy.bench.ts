// What one endpoint change costs a kube-proxy's view and its rules in a cluster of 10,000 Services.
// Each function does its set-up when called and returns what is to be timed.
import type { EndpointSlice, Service } from '../src/api/types.ts';
import { rulesFor } from '../src/proxy/iptables/layer.ts';
import { type ProxySnapshot, withEvent } from '../src/proxy/snapshot.ts';
import { Causes } from '../src/sim/causes.ts';
import {
  modified,
  service,
  slice,
  snapshotOf,
  testConfig,
  testNode,
} from '../test/arbitraries/proxy-objects.ts';

export interface ProxyBench {
  /** One change of one slice, rules looked at as a packet would: entry chain, then one Service's.
   * */
  readonly change: () => void;
  /** The change alone, nobody sends a packet. */
  readonly changeUnseen: () => void;
}

/** A cluster of `services` Services with `endpoints` endpoints each; every tenth has
 * externalTrafficPolicy Local. */
export function proxyBench(services = 10_000, endpoints = 3): ProxyBench {
  const objects: (Service | EndpointSlice)[] = [];
  const slices: EndpointSlice[] = [];
  for (let i = 0; i < services; i++) {
    const name = `ns${i % 50}/svc${i}`;
    const address = (n: number) => `10.${n}.${i >> 8}.${i & 255}`;
    const isLocal = i % 10 === 0;
    const ports = [{ name: 'p80', port: 80, ...(isLocal ? { nodePort: 30000 + (i % 2768) } : {}) }];
    objects.push(
      service(name, {
        clusterIP: `172.30.${i >> 8}.${i & 255}`,
        type: isLocal ? 'NodePort' : 'ClusterIP',
        externalTrafficPolicy: isLocal ? 'Local' : 'Cluster',
        ports,
      }),
    );
    const ips = Array.from({ length: endpoints }, (_, n) => address(n + 1));
    const made = slice(name, ips);
    slices.push(made);
    objects.push(made);
  }
  let snapshot: ProxySnapshot = snapshotOf(...objects);
  const causes = new Causes();
  let turn = 0;
  const changeUnseen = () => {
    const at = (turn++ * 7919) % services;
    const before = slices[at] as EndpointSlice;
    const ip = `10.200.${(turn >> 8) & 255}.${turn & 255}`;
    const after = {
      ...before,
      endpoints: [...(before.endpoints ?? []).slice(1), { addresses: [ip] }],
    };
    slices[at] = after;
    snapshot = withEvent(snapshot, modified(before, after));
  };
  const change = () => {
    changeUnseen();
    const layer = rulesFor(snapshot, testNode, testConfig, causes);
    const entry = layer.chain('nat', 'KUBE-SERVICES')?.rules ?? [];
    const target = entry[turn % services]?.target;
    if (target?.kind === 'jump') layer.chain('nat', target.chain);
  };
  change();
  return { change, changeUnseen };
}
