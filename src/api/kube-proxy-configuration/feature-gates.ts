// Feature gates of a KubeProxyConfiguration: which are known and settable in a version, and what the group gates AllAlpha and
// AllBeta make of the others. Versions before those of the table take every gate.
// Models SetFromMap and unsafeSetFromMap of k8s.io/component-base/featuregate.
import { featureGates, firstGateVersion, gateNeeds } from './feature-gates.table.ts';

type Gates = Readonly<Record<string, unknown>>;

const groups = { AllAlpha: 'aA', AllBeta: 'bB' } as const;
/** Letters of the table. */
const defaultOn = 'ABGgDX';
const locked = 'GxX';

/** A mistake: the gate, and what kube-proxy says of it. */
export interface WrongGate {
  readonly gate: string;
  readonly message: string;
}

/** All that kube-proxy 1.`minor` says, in its order, where its own is that of a Go map by name: an unknown gate ends the
 * list. What a gate needs is looked at when all of them can be set. */
export function wrongGates(gates: Gates, minor: number): readonly WrongGate[] {
  if (minor < firstGateVersion) return [];
  const wrong: WrongGate[] = [];
  for (const gate of Object.keys(gates).sort()) {
    const stage = stageOf(gate, minor);
    if (stage === '-') {
      wrong.push({ gate, message: `unrecognized feature gate: ${gate}` });
      break;
    }
    const usual = defaultOn.includes(stage);
    if (!locked.includes(stage) || gates[gate] === usual) continue;
    const message = `cannot set feature gate ${gate} to ${gates[gate]}, feature is locked to ${usual}`;
    wrong.push({ gate, message });
  }
  return wrong.length > 0 ? wrong : lacking(gates, minor);
}

function lacking(gates: Gates, minor: number): readonly WrongGate[] {
  const isOn = (gate: string) => enabled(gates, gate, minor);
  return Object.entries(gateNeeds[minor] ?? {}).flatMap(([gate, needs]) => {
    const off = needs.filter((one) => !isOn(one));
    if (!isOn(gate) || off.length === 0) return [];
    const message = `${gate} is enabled, but depends on features that are disabled: [${off.join(' ')}]`;
    const written = [gate, ...off].find((one) => one in gates);
    return [{ gate: written ?? gate, message }];
  });
}

/** The gates as written, and those that AllAlpha or AllBeta switch. */
export function effectiveGates(gates: Gates, minor: number): Readonly<Record<string, boolean>> {
  const all = Object.keys(groups).some((group) => group in gates);
  const switched = all
    ? Object.keys(featureGates).filter((gate) => inGroup(gates, gate, minor))
    : [];
  const values = switched.map((gate) => [gate, enabled(gates, gate, minor)]);
  return { ...Object.fromEntries(values), ...gates } as Readonly<Record<string, boolean>>;
}

/** What a kube-proxy warns of when such a gate is set; null: nothing. */
export function endingGate(gate: string, minor: number): 'GA' | 'deprecated' | null {
  const stage = stageOf(gate, minor);
  if (stage === 'G' || stage === 'g') return 'GA';
  return 'dDxX'.includes(stage) ? 'deprecated' : null;
}

function enabled(gates: Gates, gate: string, minor: number): boolean {
  const own = gates[gate];
  if (typeof own === 'boolean') return own;
  const group = inGroup(gates, gate, minor);
  return group === null ? defaultOn.includes(stageOf(gate, minor)) : gates[group] === true;
}

/** The group gate that is written and has this one in it. */
function inGroup(gates: Gates, gate: string, minor: number): keyof typeof groups | null {
  if (gate in groups) return null;
  const stage = stageOf(gate, minor);
  for (const [group, stages] of Object.entries(groups)) {
    if (group in gates && stages.includes(stage)) return group as keyof typeof groups;
  }
  return null;
}

function stageOf(gate: string, minor: number): string {
  const stages = Object.hasOwn(featureGates, gate) ? featureGates[gate] : undefined;
  return stages?.charAt(Math.min(minor - firstGateVersion, stages.length - 1)) ?? '-';
}
