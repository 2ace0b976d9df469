// The CNI plugins ptp and host-local, with routes between nodes and ip-masq-agent, as a cluster wired like kindnet's: a
// cable per Pod whose node's end holds the gateway as a /32, a route to each Pod by its cable, no bridge. Models
// plugins/main/ptp; its own ipMasq is off, as bridge's.
import { masqAgentLayer } from './bridge.ts';
import { sandboxDevice } from './names.ts';
import type { CniProfile } from './profile.ts';

export const ptp: CniProfile = {
  name: 'ptp',
  summary: 'a veth pair per Pod with host-local addresses, routes between nodes and ip-masq-agent',
  network: {
    leg: { kind: 'veth', address: 'gateway' },
    gateway: 'first',
    podRange: 'through-gateway',
    between: { kind: 'routes' },
    unused: 'route',
  },
  leg: (_namespace, _name, sandbox) => sandboxDevice(sandbox),
  addresses: 'node-range',
  portmap: 'ptp',
  enforcesPolicy: true,
  layer: masqAgentLayer,
};
