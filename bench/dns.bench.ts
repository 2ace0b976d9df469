// How many answers a second one CoreDNS process gives in process, wire to wire: decode, chain, encode. kubeadm's
// Corefile, whose cache leaves the cluster's own domain out. Functions only: bench/main.ts times and prints.
import type { Lister } from '../src/api/types.ts';
import { kubeadmCorefile } from '../src/dns/deployment.ts';
import { encode } from '../src/dns/message/encode.ts';
import { query } from '../src/dns/message/message.ts';
import { createDnsServer } from '../src/dns/server.ts';
import { addr } from '../src/net/addr.ts';
import { UDP } from '../src/net/packet.ts';
import { seeded } from '../src/sim/choices.ts';

const A = 1;

/** Answers `count` times which address a Service has; call what it returns to do so. */
export function dnsBench(lister: Lister, name = 'web.demo.svc.cluster.local.') {
  const server = createDnsServer({
    corefile: kubeadmCorefile(34, 'cluster.local'),
    minor: 34,
    environment: {
      lister,
      choices: seeded(1),
      localAddrs: [addr('10.244.0.2')],
      resolvConf: 'nameserver 8.8.8.8\n',
      synced: () => true,
      serial: () => 1,
      readFile: () => undefined,
      files: () => [],
      log: () => {},
    },
  });
  const bytes = encode(query(4711, name, A));
  const client = { addr: addr('10.244.1.7'), port: 40_000, proto: UDP } as const;
  const exchange = () => ({ kind: 'timeout', elapsedMs: 0 }) as const;
  return (count: number): void => {
    for (let i = 0; i < count; i++) {
      const { reply } = server.serve(bytes, { client, nowMs: 0, exchange });
      if (reply === null || reply.length <= bytes.length) throw new Error(`no answer for ${name}`);
    }
  };
}
