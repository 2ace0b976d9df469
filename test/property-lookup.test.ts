// Walking compiled chains against the plain linear walk, over the rules that a whole cluster writes on a node: verdict,
// rewriting, marks, traces, rules walked, draws and conntrack tables are the same. Random rule sets stand in
// src/netfilter/compiled.test.ts; here the long chains are those of many Services.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addr } from '../src/net/addr.ts';
import { noPayload, openingFlags, type Packet, type Proto, TCP, UDP } from '../src/net/packet.ts';
import { compiled, walkerBy } from '../src/netfilter/compiled.ts';
import { parseRules } from '../src/netfilter/iptables-text/parse.ts';
import { createNetfilter } from '../src/netfilter/kernel.ts';
import type { HookContext } from '../src/netfilter/netfilter.ts';
import type { Hook, RuleSource } from '../src/netfilter/rule.ts';
import { candidates, linearMax } from '../src/netfilter/rule-index.ts';
import { Trace } from '../src/netfilter/trace.ts';
import { linear, type Walker } from '../src/netfilter/walk.ts';
import { seeded } from '../src/sim/choices.ts';
import {
  clusterIP,
  clusterOf,
  externalIP,
  gateway,
  nodeIP,
  nodePort,
  type Picture,
} from './arbitraries/cluster-picture.ts';
import { checkCatches, checkProperty } from './check-property.ts';

const file = import.meta.filename;

const servicesCount = 18;
/** Every mixture of type, policies, affinity, external address and number of endpoints. */
const picture: Picture = {
  nodes: 2,
  services: Array.from({ length: servicesCount }, (_, s) => ({
    type: s % 3 === 0 ? ('ClusterIP' as const) : ('NodePort' as const),
    internal: s % 4 === 1 ? ('Local' as const) : ('Cluster' as const),
    external: s % 2 === 1 ? ('Local' as const) : ('Cluster' as const),
    affinity: s % 5 === 2 ? 100 : null,
    hasExternalIP: s % 3 !== 1,
    ports: [
      { name: 'http', protocol: 'TCP' as const, port: 80, target: 8080 },
      { name: 'dns', protocol: 'UDP' as const, port: 80, target: 'dns' },
    ],
    backends: Array.from({ length: s % 4 }, (_, b) => ({
      node: 1 + (b % 2),
      state: 'ready' as const,
      workload: 'pod' as const,
    })),
  })),
};

let written: RuleSource | null = null;
function rules(): RuleSource {
  written ??= parseRules(clusterOf(picture).rules('n1', { format: 'iptables-save' }), 4);
  return written;
}

const own = [gateway(1), nodeIP(1), '127.0.0.1'].map(addr);

const service = fc.nat(servicesCount - 1);
const destination = fc.oneof(
  service.map((s) => [clusterIP(s), 80] as const),
  service.map((s) => [externalIP(s), 80] as const),
  service.map((s) => [nodeIP(1), nodePort(s, 0)] as const),
  service.map((s) => [nodeIP(1), nodePort(s, 1)] as const),
  fc.constantFrom(['10.96.0.10', 53], ['10.244.2.20', 8080], ['127.0.0.1', 30_010] as const),
);

const anyPacket = fc
  .record({
    proto: fc.constantFrom<Proto>(TCP, UDP),
    src: fc.constantFrom('10.244.1.200', '10.244.2.200', '203.0.113.50', nodeIP(1), '127.0.0.1'),
    to: destination,
    sport: fc.integer({ min: 40_000, max: 40_003 }),
  })
  .map(
    ({ proto, src, to: [dst, dport], sport }): Packet => ({
      family: 4,
      proto,
      src: addr(String(src)),
      dst: addr(String(dst)),
      sport,
      dport: Number(dport),
      mark: 0,
      flags: openingFlags(proto),
      icmp: null,
      payload: noPayload,
    }),
  );

/** What becomes of the packets one after the other, each on the way a node would take it. */
function seen(walker: Walker, packets: readonly Packet[], seed: number): unknown {
  const netfilter = createNetfilter(rules(), { walker });
  const choices = seeded(seed);
  const ways = packets.map((original, i) => {
    const packet = { ...original };
    const trace = new Trace();
    const context = (leaves: boolean): HookContext => ({
      host: {
        isLocal: (a) => own.includes(a),
        masqueradeSource: (device) => own[device === 'cni0' ? 0 : 1],
      },
      choices,
      trace,
      nowMs: i * 1000,
      inDevice: 'eth0',
      outDevice: leaves ? 'cni0' : null,
      nextHop: leaves ? packet.dst : null,
    });
    const made = own.includes(packet.src);
    const verdicts: string[] = [];
    const pass = (hook: Hook, leaves: boolean) => {
      const { kind } = netfilter.hook(hook, packet, context(leaves));
      verdicts.push(`${hook} ${kind}`);
      if (kind !== 'accept') netfilter.abandon(packet);
      return kind === 'accept';
    };
    const first = pass(made ? 'OUTPUT' : 'PREROUTING', made);
    const stays = own.includes(packet.dst);
    if (first && !made) {
      if (stays) pass('INPUT', false);
      else if (pass('FORWARD', true)) pass('POSTROUTING', true);
    } else if (first && pass('POSTROUTING', true) && stays) pass('INPUT', false);
    const steps = trace.steps().map((s) => ({ ...s, chain: 'chain' in s ? s.chain.name : '' }));
    return { verdicts, packet, steps, walked: trace.rulesWalked };
  });
  const drawn = choices.pick('after', new Array(1000).fill(1));
  return { ways, drawn, flows: netfilter.conntrackList(packets.length * 1000) };
}

const sameAs = (walker: Walker) =>
  fc.property(fc.array(anyPacket, { minLength: 1, maxLength: 12 }), fc.nat(), (packets, seed) => {
    assert.deepEqual(seen(walker, packets, seed), seen(linear, packets, seed));
  });

checkProperty(
  "the compiled walk finds in a cluster's rules what the linear walk finds",
  sameAs(compiled),
  {
    file,
    runs: 60,
  },
);

/** Passes over every rule whose place is 2 of 3. */
const skipping = walkerBy((index, packet) =>
  candidates(index, packet).filter((ordinal) => ordinal % 3 !== 2),
);

checkCatches('an index that passes over rules', sameAs(skipping), { file, runs: 60 });

test('the chains of the picture are long enough to be indexed', () => {
  const length = (name: string) => rules().chain('nat', name)?.rules.length ?? 0;
  assert.ok(length('KUBE-SERVICES') > linearMax);
  assert.ok(length('KUBE-NODEPORTS') > linearMax);
});
