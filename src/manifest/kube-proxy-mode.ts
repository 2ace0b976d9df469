// kube-proxy's modes by version: which of them a kube-proxy of a Kubernetes version knows, and what it says about others.
// Models validateProxyModeLinux of pkg/proxy/apis/config/validation, the gate NFTablesProxyMode of pkg/features, and
// getProxyMode of cmd/kube-proxy/app up to 1.25.
import type { ClusterSpec } from '../api/cluster-spec.ts';
import { InputError } from '../api/input-error.ts';
import { effectiveGates } from '../api/kube-proxy-configuration/feature-gates.ts';

type ModeName = ClusterSpec['proxyMode'];

interface ModeRow {
  readonly name: ModeName;
  /** Kubernetes minor versions, both ends included. */
  readonly since: number;
  readonly until: number;
}

/** In these versions the mode needs no gate. IPVS was alpha in 1.8; 1.33 made nftables stable and locked its gate. */
const modes: readonly ModeRow[] = [
  { name: 'iptables', since: 0, until: 99 },
  { name: 'ipvs', since: 8, until: 99 },
  { name: 'nftables', since: 29, until: 99 },
  { name: 'userspace', since: 0, until: 25 },
];

/** NFTablesProxyMode by version: alpha and off, then beta and on, then always on. */
const nftablesGate = { alpha: 29, beta: 31, stable: 33 };

/** The modes that kube-proxy 1.`minor` takes with these feature gates, sorted as it lists them. */
export function modesOf(
  minor: number,
  gates: Readonly<Record<string, unknown>> = {},
): readonly ModeName[] {
  return modes
    .filter(({ since, until }) => since <= minor && minor <= until)
    .filter(({ name }) => name !== 'nftables' || hasNftables(minor, gates))
    .map(({ name }) => name)
    .sort();
}

function hasNftables(minor: number, gates: Readonly<Record<string, unknown>>): boolean {
  if (minor >= nftablesGate.stable) return true;
  const gate = effectiveGates(gates, minor)['NFTablesProxyMode'];
  return typeof gate === 'boolean' ? gate : minor >= nftablesGate.beta;
}

/** The field as kube-proxy's validation calls it. */
export const modeField = 'KubeProxyConfiguration.Mode.ProxyMode';

/** What kube-proxy says about a mode it does not know. */
export function unknownMode(written: string, known: readonly string[], minor: number): string {
  // 1.25 has no space after the comma, 1.32 and later do.
  const list = known.join(minor > 25 ? ', ' : ',');
  return `${modeField}: Invalid value: "${written}": must be ${list} or blank (blank means the best-available proxy [currently iptables])`;
}

/** The same cluster with its kube-proxies in another mode. Throws InputError when the version lacks it. */
export function inProxyMode(spec: ClusterSpec, mode: ModeName): ClusterSpec {
  const gates = spec.kubeProxyConfiguration?.['featureGates'] ?? {};
  const known = modesOf(spec.minor, gates as Readonly<Record<string, unknown>>);
  if (!known.includes(mode)) {
    throw new InputError('invalid-value', unknownMode(mode, known, spec.minor), {
      hint: `the cluster runs Kubernetes ${spec.kubernetesVersion}${boundOf(mode, spec.minor)}`,
    });
  }
  return mode === spec.proxyMode ? spec : { ...spec, proxyMode: mode };
}

/** Why a version lacks the mode. */
function boundOf(mode: ModeName, minor: number): string {
  const row = modes.find(({ name }) => name === mode);
  if (row === undefined) return '';
  if (minor > row.until) return `; 1.${row.until} is the last version with ${mode} mode`;
  if (minor < row.since) return `; 1.${row.since} is the first version with ${mode} mode`;
  return '; this version needs the feature gate NFTablesProxyMode';
}
