// Reads the `kubernetes` directive (CoreDNS plugin/kubernetes/setup.go). Multicluster zones and zonal names are
// refused: their objects are not in the simulated API.
import type { Dispenser } from '../../corefile/dispenser.ts';
import { parseDuration } from '../../duration.ts';
import { type Fallthrough, fallthroughOf, originsOf } from '../../fallthrough.ts';
import { isReverse } from '../../message/name.ts';
import type { Setup } from '../../plugin.ts';
import { atLeast, type CoreDnsVersion } from '../../version.ts';
import { KubernetesHandler } from './handler.ts';
import { type LabelSelector, parseSelector } from './selector.ts';

export interface KubernetesOptions {
  readonly version: CoreDnsVersion;
  readonly zones: readonly string[];
  /** First zone that is not a reverse zone: PTR targets stand under it. */
  readonly primaryZone: string;
  readonly namespaces: readonly string[];
  readonly namespaceLabels: LabelSelector | null;
  readonly labels: LabelSelector | null;
  readonly pods: 'disabled' | 'insecure' | 'verified';
  readonly endpointPodNames: boolean;
  /** Seconds, 0..3600. */
  readonly ttl: number;
  readonly noEndpoints: boolean;
  readonly fallthrough: Fallthrough;
  readonly ignoreEmptyService: boolean;
}

type Draft = { -readonly [K in keyof KubernetesOptions]: KubernetesOptions[K] };
type Read = (d: Dispenser, draft: Draft) => void;

function ignoredArgs(d: Dispenser): void {
  if (d.remainingArgs().length === 0) throw d.argErr();
}

const modes = ['disabled', 'insecure', 'verified'] as const;

const options: Readonly<Record<string, Read>> = {
  // How the API is reached changes no answer once it is reached.
  endpoint: ignoredArgs,
  tls: (d) => {
    if (d.remainingArgs().length !== 3) throw d.argErr();
  },
  kubeconfig: (d) => {
    const count = d.remainingArgs().length;
    if (count !== 1 && count !== 2) throw d.argErr();
  },
  apiserver_qps: ignoredArgs,
  apiserver_burst: ignoredArgs,
  apiserver_max_inflight: ignoredArgs,
  startup_timeout: (d) => {
    const args = d.remainingArgs();
    if (args.length === 0) throw d.argErr();
    const value = parseDuration(args[0] as string);
    if (typeof value === 'string')
      throw d.raw(`failed to parse startup_timeout: ${args[0]}, ${value}`);
  },
  namespaces: (d, draft) => {
    const args = d.remainingArgs();
    if (args.length === 0) throw d.argErr();
    draft.namespaces = args;
  },
  namespace_labels: (d, draft) => {
    draft.namespaceLabels = selectorOf(d, 'namespace_label');
  },
  labels: (d, draft) => {
    draft.labels = selectorOf(d, 'label');
  },
  pods: (d, draft) => {
    const args = d.remainingArgs();
    if (args.length !== 1) throw d.argErr();
    const mode = modes.find((m) => m === args[0]);
    if (mode === undefined) {
      throw d.raw(
        `wrong value for pods: ${args[0]},  must be one of: disabled, verified, insecure`,
      );
    }
    draft.pods = mode;
  },
  endpoint_pod_names: (d, draft) => {
    if (d.remainingArgs().length > 0) throw d.argErr();
    draft.endpointPodNames = true;
  },
  ttl: (d, draft) => {
    const text = d.remainingArgs()[0];
    if (text === undefined) throw d.argErr();
    if (!/^[-+]?\d+$/.test(text)) throw d.raw(`strconv.Atoi: parsing "${text}": invalid syntax`);
    const ttl = Number(text);
    if (ttl < 0 || ttl > 3600) throw d.err(`ttl must be in range [0, 3600]: ${ttl}`);
    draft.ttl = ttl;
  },
  noendpoints: (d, draft) => {
    if (d.remainingArgs().length > 0) throw d.argErr();
    draft.noEndpoints = true;
  },
  fallthrough: (d, draft) => {
    draft.fallthrough = fallthroughOf(d.remainingArgs());
  },
  ignore: (d, draft) => {
    const args = d.remainingArgs();
    if (args.length === 0) throw d.argErr();
    if (args[0] !== 'empty_service')
      throw d.err(`unable to parse ignore value: '${args.join(' ')}'`);
    draft.ignoreEmptyService = true;
  },
  multicluster: (d) => {
    throw d.err('multicluster is not modelled', 'ServiceImports are not part of the simulated API');
  },
  zonal: (d) => {
    throw d.err('zonal is not modelled', 'leave the option out');
  },
};

function selectorOf(d: Dispenser, what: string): LabelSelector {
  const args = d.remainingArgs();
  if (args.length === 0) throw d.argErr();
  const text = args.join(' ');
  const selector = parseSelector(text);
  if (selector === undefined) throw d.raw(`unable to parse ${what} selector value: '${text}'`);
  return selector;
}

/** One stanza to its options. */
export function parseKubernetes(
  d: Dispenser,
  blockZones: readonly string[],
  version: CoreDnsVersion,
): KubernetesOptions {
  const zones = originsOf(d.remainingArgs(), blockZones);
  const primaryZone = zones.find((zone) => !isReverse(zone));
  if (primaryZone === undefined) throw d.raw('non-reverse zone name must be used');
  const draft: Draft = {
    version,
    zones,
    primaryZone,
    namespaces: [],
    namespaceLabels: null,
    labels: null,
    pods: 'disabled',
    endpointPodNames: false,
    ttl: 5,
    noEndpoints: false,
    fallthrough: [],
    ignoreEmptyService: false,
  };
  while (d.nextBlock()) {
    const property = d.val();
    const known = Object.hasOwn(options, property) && since(property, version);
    const read = known ? options[property] : undefined;
    if (read === undefined) throw d.err(`unknown property '${property}'`);
    read(d, draft);
  }
  if (draft.namespaces.length > 0 && draft.namespaceLabels !== null) {
    throw d.raw('namespaces and namespace_labels cannot both be set');
  }
  return draft;
}

const introduced: Readonly<Record<string, CoreDnsVersion>> = {
  startup_timeout: '1.12.3',
  multicluster: '1.12.2',
  zonal: '1.14.7',
};

function since(property: string, version: CoreDnsVersion): boolean {
  const first = introduced[property];
  return first === undefined || atLeast(version, first);
}

export const setup: Setup = (d, block) => {
  let made: KubernetesHandler | null = null;
  while (d.next()) {
    if (made !== null) throw d.raw('this plugin can only be used once per Server Block');
    made = new KubernetesHandler(parseKubernetes(d, block.zones, block.version));
  }
  return made === null ? [] : [made];
};
