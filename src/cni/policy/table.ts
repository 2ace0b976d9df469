// The table of policies on one node, for one family: a map from each Pod's address to its chain, a chain per isolated Pod
// and direction, a chain per policy and direction that its Pods share, and the sets that those look into. Built when it
// is walked or printed. The text is this project's own: what the API fixes is the verdict.
import type { Addr, Family } from '../../net/addr.ts';
import type {
  NftChain,
  NftElement,
  NftRule,
  NftSet,
  NftTable,
  NftValue,
} from '../../netfilter/nft/table.ts';
import type { RuleLayer } from '../../netfilter/rule.ts';
import { nftLayer } from '../../netfilter/ruleset.ts';
import type { Causes } from '../../sim/causes.ts';
import { baseChains, type Direction, fieldsOf, type PolicyEngine, podMap } from './hooks.ts';
import { digest, named, owner } from './names.ts';
import type { PolicyPod } from './pods.ts';
import type { Policy, Tier } from './policy.ts';
import { drop, itself, jump, rulesFor } from './rules.ts';
import { dialledRules } from './services.ts';
import { addressType, ofFamily, registerSets } from './sets.ts';
import type { PolicyPicture } from './world.ts';

const directions: readonly Direction[] = ['egress', 'ingress'];

/** What all nodes share of one picture and family: chains of policies, and sets. */
class Shared {
  readonly picture: PolicyPicture;
  readonly family: Family;
  readonly causes: Causes;
  readonly engine: PolicyEngine;
  readonly #chains = new Map<string, NftChain>();
  readonly #sets = new Map<string, NftSet | (() => NftSet)>();

  constructor(picture: PolicyPicture, engine: PolicyEngine, causes: Causes, family: Family) {
    this.picture = picture;
    this.engine = engine;
    this.causes = causes;
    this.family = family;
  }

  origin(policy: Policy, path: string): number {
    return this.causes.intern(policy.object, path, owner);
  }

  /** The chain of a NetworkPolicy. */
  policyChain(policy: Policy, direction: Direction): NftChain {
    return this.#chainOf(`${direction}-policy-${policy.key}`, [policy], direction);
  }

  /** The chain of a tier: its policies one after the other, so that a rule that passes leaves all of them. */
  tierChain(tier: Tier, policies: readonly Policy[], direction: Direction): NftChain {
    const keys = policies.map(({ object }) => object).join(' ');
    return this.#chainOf(`${direction}-${tier}-${digest(keys)}`, policies, direction);
  }

  /** The sets of the chain are then known. */
  #chainOf(text: string, policies: readonly Policy[], direction: Direction): NftChain {
    const name = named(text);
    let chain = this.#chains.get(name);
    if (chain === undefined) {
      const rules = policies.map(this.#meant).flatMap((policy) => {
        for (const { peer, port } of policy.rules[direction] ?? []) {
          registerSets(this.#register, peer, port, this.picture, this.family);
        }
        return rulesFor(policy, direction, this.family, (path) => this.origin(policy, path));
      });
      chain = chainOf(this.family, name, rules);
      this.#chains.set(name, chain);
    }
    return chain;
  }

  /** A NetworkPolicy as the engine reads it. */
  readonly #meant = (policy: Policy): Policy => {
    const { egress, ingress } = policy.rules;
    if (!this.engine.clusterIPs || egress === null || policy.tier !== 'namespaced') return policy;
    return { ...policy, rules: { ingress, egress: dialledRules(egress) } };
  };

  readonly #register = (name: string, build: () => NftSet): void => {
    if (!this.#sets.has(name)) this.#sets.set(name, build);
  };

  chain(name: string): NftChain | undefined {
    return this.#chains.get(name);
  }

  set(name: string): NftSet | undefined {
    const known = this.#sets.get(name);
    if (typeof known !== 'function') return known;
    const set = known();
    this.#sets.set(name, set);
    return set;
  }
}

function chainOf(family: Family, name: string, rules: readonly NftRule[]): NftChain {
  return { kind: 'nft', family, table: owner, name, base: null, comment: null, rules };
}

/** A Pod that policies isolate in a direction, and which ones. */
interface Isolated {
  readonly pod: PolicyPod;
  readonly policies: readonly Policy[];
}

class PolicyTable implements NftTable {
  readonly name = owner;
  readonly comment = null;
  readonly family: Family;
  readonly baseChains: readonly NftChain[];
  readonly #shared: Shared;
  readonly #node: string;
  readonly #podChains = new Map<string, NftChain>();
  readonly #maps: ReadonlyMap<string, NftSet>;
  #listed: { readonly chains: readonly string[]; readonly sets: readonly string[] } | undefined;

  constructor(shared: Shared, node: string) {
    this.family = shared.family;
    this.#shared = shared;
    this.#node = node;
    const addresses = shared.picture.nodes.get(node)?.addresses ?? [];
    const [own] = ofFamily(addresses, shared.family);
    this.baseChains = baseChains(shared.engine, shared.family, own);
    this.#maps = new Map(directions.map((one) => [podMap(one), this.#mapOf(one)]));
  }

  sets(): readonly string[] {
    return this.#list().sets;
  }

  set(name: string): NftSet | undefined {
    return this.#maps.get(name) ?? this.#shared.set(name);
  }

  chains(): readonly string[] {
    return this.#list().chains;
  }

  chain(name: string): NftChain | undefined {
    const base = this.baseChains.find((one) => one.name === name);
    return base ?? this.#podChains.get(name) ?? this.#shared.chain(name);
  }

  /** Everything the node needs, in an order of its own: base chains, Pods, policies. */
  #list() {
    if (this.#listed !== undefined) return this.#listed;
    const sets = new Set(this.#maps.keys());
    const pods: string[] = [];
    const policies = new Set<string>();
    for (const direction of directions) {
      for (const isolated of this.#isolatedHere(direction)) {
        pods.push(this.#podChain(isolated, direction).name);
        for (const chain of this.#asked(isolated, direction)) {
          policies.add(chain.name);
          for (const name of setsIn(chain)) sets.add(name);
        }
      }
    }
    const bases = this.baseChains.map(({ name }) => name);
    this.#listed = { chains: [...bases, ...pods, ...policies], sets: [...sets] };
    return this.#listed;
  }

  *#isolatedHere(direction: Direction): IterableIterator<Isolated> {
    for (const pod of this.#shared.picture.pods.values()) {
      const isolated = pod.node === this.#node ? this.#isolated(pod, direction) : null;
      if (isolated !== null) yield isolated;
    }
  }

  #isolated(pod: PolicyPod, direction: Direction): Isolated | null {
    const policies = this.#shared.picture
      .policiesFor(pod)
      .filter((policy) => policy.rules[direction] !== null);
    return policies.length === 0 ? null : { pod, policies };
  }

  #mapOf(direction: Direction): NftSet {
    const elementsOf = (isolated: Isolated): readonly NftElement[] =>
      ofFamily(isolated.pod.addresses, this.family).map((address) => {
        const { name } = this.#podChain(isolated, direction);
        return { key: [address], data: { kind: 'goto', chain: name }, comment: null, origin: 0 };
      });
    const known = new Map<NftValue, NftElement | undefined>();
    const find = (address: NftValue): NftElement | undefined => {
      const pod = this.#shared.picture.podAt(address as Addr);
      if (pod?.node !== this.#node) return undefined;
      const isolated = this.#isolated(pod, direction);
      return isolated === null
        ? undefined
        : elementsOf(isolated).find(({ key }) => key[0] === address);
    };
    const here = () => this.#isolatedHere(direction);
    let elements: readonly NftElement[] | undefined;
    return {
      name: podMap(direction),
      type: [addressType(this.family)],
      data: 'verdict',
      flags: [],
      timeoutSeconds: null,
      size: null,
      comment: `${direction} of the isolated Pods here`,
      get elements() {
        elements ??= [...here()].flatMap(elementsOf);
        return elements;
      },
      find: ([address]) => {
        if (address === undefined) return undefined;
        if (!known.has(address)) known.set(address, find(address));
        return known.get(address);
      },
    };
  }

  /** The chains that a Pod's own leads to. */
  #asked({ policies }: Isolated, direction: Direction): readonly NftChain[] {
    const { admin, namespaced, baseline } = byTier(policies);
    const shared = this.#shared;
    const last =
      namespaced.length > 0
        ? namespaced.map((policy) => shared.policyChain(policy, direction))
        : this.#tier('baseline', baseline, direction);
    return [...this.#tier('admin', admin, direction), ...last];
  }

  #tier(tier: Tier, policies: readonly Policy[], direction: Direction): readonly NftChain[] {
    return policies.length === 0 ? [] : [this.#shared.tierChain(tier, policies, direction)];
  }

  #podChain(isolated: Isolated, direction: Direction): NftChain {
    const name = named(`${direction}-pod-${isolated.pod.key}`);
    let chain = this.#podChains.get(name);
    if (chain === undefined) {
      chain = chainOf(this.family, name, this.#podRules(isolated, direction));
      this.#podChains.set(name, chain);
    }
    return chain;
  }

  /** What a Pod's policies come to. Where a NetworkPolicy selects it, any rule of any of them accepts, and nothing else
   * does; the baseline is for Pods that none selects. A Pod reaches itself whatever NetworkPolicies say. */
  #podRules({ pod, policies }: Isolated, direction: Direction): readonly NftRule[] {
    const { admin, namespaced, baseline } = byTier(policies);
    const jumpTo = ({ name }: NftChain) => jump(name, 0);
    const early = this.#tier('admin', admin, direction).map(jumpTo);
    const [first] = namespaced;
    if (first === undefined) {
      return [...early, ...this.#tier('baseline', baseline, direction).map(jumpTo)];
    }
    const { peer } = fieldsOf(direction, this.family);
    const keys = namespaced.map(({ key }) => key).join(', ');
    const origin = (policy: Policy, path: string) => this.#shared.origin(policy, path);
    return [
      ...early,
      ...ofFamily(pod.addresses, this.family).map((one) => itself(peer, one)),
      ...namespaced.map((policy) => {
        const { name } = this.#shared.policyChain(policy, direction);
        return jump(name, origin(policy, 'spec.podSelector'));
      }),
      drop(`no ${direction} rule of ${keys} allows it`, origin(first, `spec.${direction}`)),
    ];
  }
}

function byTier(policies: readonly Policy[]): Readonly<Record<Tier, readonly Policy[]>> {
  const of = (tier: Tier) => policies.filter((policy) => policy.tier === tier);
  return { admin: of('admin'), namespaced: of('namespaced'), baseline: of('baseline') };
}

function setsIn({ rules }: NftChain): readonly string[] {
  return rules.flatMap(({ statements }) =>
    statements.flatMap((one) =>
      one.kind === 'in' && one.set.kind === 'named' ? [one.set.name] : [],
    ),
  );
}

type Known = Map<Family, { readonly shared: Shared; readonly layers: Map<string, RuleLayer> }>;
const known = new WeakMap<PolicyPicture, Known>();

/** The policies' rules on a node: the same object for the same picture and node, in every fork. */
export function policyLayer(
  picture: PolicyPicture,
  node: string,
  engine: PolicyEngine,
  causes: Causes,
  family: Family,
): RuleLayer {
  const families = known.get(picture) ?? new Map();
  known.set(picture, families);
  const own = families.get(family) ?? {
    shared: new Shared(picture, engine, causes, family),
    layers: new Map<string, RuleLayer>(),
  };
  families.set(family, own);
  let layer = own.layers.get(node);
  if (layer === undefined) {
    layer = nftLayer(owner, family, [new PolicyTable(own.shared, node)]);
    own.layers.set(node, layer);
  }
  return layer;
}
