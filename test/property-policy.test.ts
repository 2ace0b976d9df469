// Policies as rules: every packet between random Pods is let through or dropped as the API's words have it, by the
// rules as they are walked and by the text that nft would list of them.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { AnyObject, Pod, WatchEvent } from '../src/api/types.ts';
import { usualEngine } from '../src/cni/policy/hooks.ts';
import { policyLayer } from '../src/cni/policy/table.ts';
import { PolicyWorld } from '../src/cni/policy/world.ts';
import { addr } from '../src/net/addr.ts';
import { noPayload, openingFlags, type Packet, parseProto, TCP } from '../src/net/packet.ts';
import { createNetfilter } from '../src/netfilter/kernel.ts';
import { parseRuleset } from '../src/netfilter/nft/parse.ts';
import { listRuleset } from '../src/netfilter/nft/print.ts';
import type { Hook } from '../src/netfilter/rule.ts';
import { composeRules, nftLayer } from '../src/netfilter/ruleset.ts';
import { Trace } from '../src/netfilter/trace.ts';
import { Causes } from '../src/sim/causes.ts';
import { seeded } from '../src/sim/choices.ts';
import { anyPolicyTown, type PolicyTown, townNodes, townPorts } from './arbitraries/policies.ts';
import { checkCatches, checkProperty } from './check-property.ts';
import { allowed, type Dial } from './policy-words.ts';

const file = import.meta.filename;

/** Whether a node lets a packet by this hook. */
type Gate = (hook: Hook, packet: Packet) => boolean;

/** The gates of both nodes; `spoil` stands between what is listed and what is loaded; null: nothing is listed. */
function gatesOf(
  town: PolicyTown,
  spoil: ((text: string) => string) | null,
): ReadonlyMap<string, Gate> {
  const world = new PolicyWorld();
  const namespaces = town.namespaces.map((metadata) => ({ kind: 'Namespace', metadata }));
  const policies = [...town.policies, ...town.clusterPolicies];
  const objects = [...policies, ...namespaces, ...town.pods] as unknown as AnyObject[];
  world.receive(
    objects.map((object): WatchEvent => {
      const { name, namespace } = object.metadata;
      const key = namespace === undefined ? `${name}` : `${namespace}/${name}`;
      return { type: 'ADDED', kind: object.kind, key, object, previous: undefined };
    }),
    () => [],
  );
  const { picture } = world;
  return new Map(
    townNodes.map((node) => {
      if (picture === null) return [node, () => true];
      const layer = policyLayer(picture, node, usualEngine, new Causes(), 4);
      const nft = layer.nft ?? [];
      const tables = spoil === null ? nft : parseRuleset(spoil(listRuleset({ nft })));
      return [node, gate(node, nftLayer('network-policy', 4, tables))];
    }),
  );
}

function gate(node: string, layer: ReturnType<typeof nftLayer>): Gate {
  const own = addr(node === 'n1' ? '192.168.0.1' : '192.168.0.2');
  const rules = composeRules(4, [layer]);
  return (hook, packet) => {
    const netfilter = createNetfilter(rules);
    const context = {
      host: { isLocal: (value: unknown) => value === own, masqueradeSource: () => undefined },
      choices: seeded(1),
      trace: new Trace(),
      nowMs: 0,
      inDevice: hook === 'OUTPUT' ? null : 'cni0',
      outDevice: hook === 'INPUT' ? null : 'eth0',
      nextHop: null,
    };
    if (hook !== 'OUTPUT') netfilter.hook('PREROUTING', packet, context);
    return netfilter.hook(hook, packet, context).kind === 'accept';
  };
}

/** The hooks that a packet passes, node by node. */
function wayOf({ from, to }: Dial): readonly (readonly [node: string, hook: Hook])[] {
  const [here, there] = [from.spec.nodeName ?? '', to.spec.nodeName ?? ''];
  const first: Hook = from.spec.hostNetwork === true ? 'OUTPUT' : 'FORWARD';
  const last: Hook = to.spec.hostNetwork === true ? 'INPUT' : 'FORWARD';
  if (here !== there)
    return [
      [here, first],
      [there, last],
    ];
  if (first === 'OUTPUT') return [[here, 'OUTPUT']];
  return [[here, last]];
}

function packetOf({ from, to, protocol, port }: Dial): Packet {
  const proto = parseProto(protocol) ?? TCP;
  const address = (pod: Pod) => addr(pod.status?.podIPs?.[0]?.ip ?? '');
  const ends = { src: address(from), sport: 40_000, dst: address(to), dport: port };
  return {
    family: 4,
    proto,
    ...ends,
    mark: 0,
    flags: openingFlags(proto),
    icmp: null,
    payload: noPayload,
  };
}

function asTheApiSays(town: PolicyTown, spoil: ((text: string) => string) | null): void {
  const gates = gatesOf(town, spoil);
  for (const from of town.pods) {
    for (const to of town.pods) {
      if (from.status?.phase !== 'Running' || to.status?.phase !== 'Running') continue;
      for (const protocol of ['TCP', 'UDP', 'SCTP']) {
        for (const port of townPorts) {
          const dial = { from, to, protocol, port };
          // A node's own processes reach its Pods whatever policies say.
          const isOwnNode =
            from.spec.hostNetwork === true && from.spec.nodeName === to.spec.nodeName;
          const want = isOwnNode || allowed(town, dial);
          const got = wayOf(dial).every(([node, hook]) => gates.get(node)?.(hook, packetOf(dial)));
          const what = `${from.metadata.name} -> ${to.metadata.name} ${protocol}/${port}`;
          assert.equal(got, want, what);
        }
      }
    }
  }
}

checkProperty(
  'policies let through exactly what the API allows',
  fc.property(anyPolicyTown, (town) => asTheApiSays(town, null)),
  { file, runs: 300 },
);

checkProperty(
  'the listed text of policies means the same',
  fc.property(anyPolicyTown, (town) => asTheApiSays(town, (text) => text)),
  { file, runs: 40 },
);

for (const [fault, from, to] of [
  ['a Pod that is not in the map', /\n\t\telements = \{ [\d.]+ : goto \S+ \}/, ''],
  ['a drop that is lost', /\n\t\tdrop comment.*/, ''],
  ['an except that is lost', / ip [sd]addr != (\{[^}]*\}|\S+)/, ''],
  ['a port that is not looked at', / tcp dport [\d-]+(?= accept)/, ''],
  ['a rule that ends a tier instead of passing', / return comment/, ' accept comment'],
  ['an admin tier that is left out', /\n\t\tjump \S+-admin-\S+/, ''],
  ['a baseline that is left out', /\n\t\tjump \S+-baseline-\S+/, ''],
  ['a set that lacks its first Pod', /(set pods-[^}]*elements = \{ )[\d.]+, /, '$1'],
] as const) {
  checkCatches(
    fault,
    fc.property(anyPolicyTown, (town) => asTheApiSays(town, (text) => text.replace(from, to))),
    { file, runs: 400 },
  );
}
