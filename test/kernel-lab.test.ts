// What the lab forgets, and when: entries of conntrack one by one, by either family, and those of another machine that
// had the same address. Skips where there is no root or a tool is missing.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Carrier } from '../src/cluster/carrier.ts';
import { createSimulated } from '../src/cluster/simulated.ts';
import { missingForLab } from '../src/harness/kernel/available.ts';
import { KernelCarrier } from '../src/harness/kernel/carrier.ts';
import { type Begun, Lab } from '../src/harness/kernel/lab.ts';
import { loadInputFiles } from '../src/input/load.ts';
import { parseManifests } from '../src/manifest/parse.ts';
import { addr } from '../src/net/addr.ts';
import { type Proto, TCP, UDP } from '../src/net/packet.ts';
import { root } from './pictures.ts';

const missing = missingForLab();
const skip = missing === null ? false : missing.message;

function clusterOf(folder: string, carrier?: Carrier) {
  const loaded = loadInputFiles({ filenames: [join(root, 'scenarios', folder)] });
  const { clusterSpec: spec, manifests } = loaded;
  return createSimulated({ spec, manifests, ...(carrier && { carrier }) });
}

/** "PROTOCOL SOURCE-PORT" of the connections that a namespace knows. */
function portsKnown(lab: Lab, machine: string): readonly string[] {
  const lines = lab.run(machine, ['cat', '/proc/self/net/nf_conntrack']).trim().split('\n');
  return lines
    .flatMap((line) => {
      const [, proto, port] = line.match(/ (tcp|udp) .*?sport=(\d+)/) ?? [];
      return proto === undefined ? [] : [`${proto} ${port}`];
    })
    .sort();
}

test('connections are forgotten but for those that began so', { skip }, () => {
  const lab = new Lab();
  const from = 'node/control-plane';
  // Nobody listens there: a UDP entry stays, in both families as long as it is let.
  const targets = { 4: addr('192.168.66.101'), 6: addr('::1') } as const;
  const own = { 4: addr('192.168.66.100'), 6: addr('::1') } as const;
  const say = (family: 4 | 6, proto: Proto, port: number): Begun => {
    const [to, at] = [targets[family], 5000];
    lab.dial([{ from, proto, to, port: at, sourcePort: port, deadlineMs: 30 }]);
    const source = { addr: own[family], port };
    return { proto, source, destination: { addr: to, port: at } };
  };
  try {
    lab.bring(clusterOf('balance').blueprint(), () => []);
    lab.run(from, ['nft', 'add table inet t']);
    lab.run(from, ['nft', 'add chain inet t c { type filter hook output priority 0 ; }']);
    lab.run(from, ['nft', 'add rule inet t c ct state new accept']);
    const four = [40001, 40002].map((port) => say(4, UDP, port));
    const six = [40003, 40004].map((port) => say(6, UDP, port));
    say(4, TCP, 40001);
    const all = ['udp 40001', 'udp 40002', 'udp 40003', 'udp 40004'];
    assert.deepEqual(
      portsKnown(lab, from).filter((one) => one.startsWith('udp')),
      all,
    );
    lab.flushConntrack([...four.slice(1), ...six.slice(0, 1)]);
    assert.deepEqual(portsKnown(lab, from), ['udp 40002', 'udp 40003']);
    lab.bring(clusterOf('balance').blueprint(), () => []);
    lab.flushConntrack();
    assert.deepEqual(portsKnown(lab, from), []);
  } finally {
    lab.close();
  }
});

/** A Pod on node01 that takes the node's next free address. */
function client(name: string) {
  const text = `{ apiVersion: v1, kind: Pod, metadata: { name: ${name} }, spec: { nodeName: node01, containers: [{ name: c, image: c }] } }`;
  return parseManifests(text, 'client.yaml').documents;
}

test('what a Pod left behind is forgotten for another one with its address', { skip }, () => {
  const before = clusterOf('balance', new KernelCarrier());
  const ask = (cluster: typeof before, name: string) => {
    cluster.apply(client(name));
    const { dial } = cluster.connect(`pod/default/${name}`, 'svc/default/my-udp-service:53', {
      proto: UDP,
    });
    assert.ok(dial?.outcome === 'answered' && dial.backend !== null);
    return { client: dial.client, backend: dial.backend };
  };
  const first = ask(before.fork(), 'first');
  const later = before.fork();
  later.delete('Pod', first.backend.replace('pod/', ''));
  const second = ask(later, 'second');
  assert.deepEqual(second.client, first.client);
  assert.notEqual(second.backend, first.backend);
});
