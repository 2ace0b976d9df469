// Reads the `kubernetes` directive (CoreDNS plugin/kubernetes/setup.go). How the API is reached (`endpoint`, `tls`,
// `kubeconfig`, `apiserver_*`) is read and has no effect: it changes no answer once the API is reached.
import type { Dispenser } from '../../corefile/dispenser.ts';
import { type Fallthrough, fallthroughOf, originsOf } from '../../fallthrough.ts';
import { parseDuration } from '../../go/duration.ts';
import { atLeast, type CoreDnsVersion } from '../../kubeadm/version.ts';
import { absolute, isReverse, lower } from '../../message/name.ts';
import type { BlockContext, Setup } from '../../plugin.ts';
import { type Facts, factsOf, knowsOption } from './facts.table.ts';
import { KubernetesHandler } from './handler.ts';
import { type LabelSelector, parseSelector } from './selector.ts';

export interface KubernetesOptions {
  readonly facts: Facts;
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
  readonly multicluster: readonly string[];
  readonly zonal: boolean;
  /** How long the server waits for the API before it starts without it. */
  readonly startupTimeoutMs: number;
  /** The search list of CoreDNS's own machine, for autopath. */
  readonly search: readonly string[];
}

type Draft = { -readonly [K in keyof KubernetesOptions]: KubernetesOptions[K] };
type Read = (d: Dispenser, draft: Draft, block: KubernetesBlock) => void;

/** What the stanza is read for. */
export type KubernetesBlock = Pick<BlockContext, 'zones' | 'version' | 'resolvConf' | 'log'>;

/** `apiserver_burst N`, `apiserver_max_inflight N`. */
const wholeNumber =
  (option: string): Read =>
  (d) => {
    const args = d.remainingArgs();
    if (args.length !== 1) throw d.argErr();
    const [text = ''] = args;
    const value = atoi(text);
    if (typeof value === 'string') throw d.err(`invalid ${option} ${goQuoted(text)}: ${value}`);
    if (value < 0) throw d.err(`${option} must be >= 0`);
  };

/** strconv.Atoi: the complaint as text. */
function atoi(text: string): number | string {
  if (!/^[-+]?\d+$/.test(text)) return `strconv.Atoi: parsing ${goQuoted(text)}: invalid syntax`;
  const value = BigInt(text.replace('+', ''));
  const isInt = value >= -(2n ** 63n) && value < 2n ** 63n;
  return isInt ? Number(value) : `strconv.Atoi: parsing ${goQuoted(text)}: value out of range`;
}

function goQuoted(text: string): string {
  return JSON.stringify(text);
}

const noArgs = (d: Dispenser): void => {
  if (d.remainingArgs().length > 0) throw d.argErr();
};

const modes = ['disabled', 'insecure', 'verified'] as const;

const options: Readonly<Record<string, Read>> = {
  endpoint: (d, _draft, { log }) => {
    const args = d.remainingArgs();
    if (args.length === 0) throw d.argErr();
    if (args.length > 1) {
      const only = `only the first specified endpoint '${args[0]}' is used`;
      log(`[WARNING] plugin/kubernetes: Multiple endpoints have been deprecated, ${only}`);
    }
  },
  tls: (d) => {
    if (d.remainingArgs().length !== 3) throw d.argErr();
  },
  kubeconfig: (d) => {
    const count = d.remainingArgs().length;
    if (count !== 1 && count !== 2) throw d.argErr();
  },
  apiserver_qps: (d) => {
    const args = d.remainingArgs();
    if (args.length !== 1) throw d.argErr();
    const [text = ''] = args;
    if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) {
      const why = `strconv.ParseFloat: parsing ${goQuoted(text)}: invalid syntax`;
      throw d.err(`invalid apiserver_qps ${goQuoted(text)}: ${why}`);
    }
    if (Number(text) < 0) throw d.err('apiserver_qps must be >= 0');
  },
  apiserver_burst: wholeNumber('apiserver_burst'),
  apiserver_max_inflight: wholeNumber('apiserver_max_inflight'),
  upstream: (d) => {
    d.remainingArgs();
  },
  resyncperiod: () => undefined,
  transfer: (d) => {
    throw d.notModelled('transfer is not modelled here', 'use the plugin transfer');
  },
  startup_timeout: (d, draft) => {
    const args = d.remainingArgs();
    if (args.length === 0) throw d.argErr();
    const value = parseDuration(args[0] as string);
    if (typeof value === 'string')
      throw d.raw(`failed to parse startup_timeout: ${args[0]}, ${value}`);
    draft.startupTimeoutMs = value;
  },
  namespaces: (d, draft) => {
    const args = d.remainingArgs();
    if (args.length === 0) throw d.argErr();
    draft.namespaces = [...draft.namespaces, ...args];
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
    noArgs(d);
    draft.endpointPodNames = true;
  },
  ttl: (d, draft) => {
    const text = d.remainingArgs()[0];
    if (text === undefined) throw d.argErr();
    const ttl = atoi(text);
    if (typeof ttl === 'string') throw d.raw(ttl);
    if (ttl < 0 || ttl > 3600) throw d.err(`ttl must be in range [0, 3600]: ${ttl}`);
    draft.ttl = ttl;
  },
  noendpoints: (d, draft) => {
    noArgs(d);
    draft.noEndpoints = true;
  },
  fallthrough: (d, draft) => {
    draft.fallthrough = fallthroughOf(d.remainingArgs());
  },
  ignore: (d, draft) => {
    const [first] = d.remainingArgs();
    if (first === undefined) return;
    if (first !== 'empty_service') throw d.raw(`unable to parse ignore value: '${first}'`);
    draft.ignoreEmptyService = true;
  },
  multicluster: (d, draft, { zones }) => {
    draft.multicluster = originsOf(d.remainingArgs(), zones);
  },
  zonal: (d, draft) => {
    noArgs(d);
    draft.zonal = true;
  },
};

function selectorOf(d: Dispenser, what: string): LabelSelector {
  const args = d.remainingArgs();
  if (args.length === 0) throw d.argErr();
  const text = args.join(' ');
  const selector = parseSelector(text);
  if (typeof selector === 'string') {
    throw d.raw(`unable to parse ${what} selector value: '${text}': ${selector}`);
  }
  return selector;
}

/** One stanza to its options. */
export function parseKubernetes(d: Dispenser, block: KubernetesBlock): KubernetesOptions {
  const zones = originsOf(d.remainingArgs(), block.zones);
  const primaryZone = zones.find((zone) => !isReverse(zone) || isReverseApex(zone));
  if (primaryZone === undefined) throw d.raw('non-reverse zone name must be used');
  const draft: Draft = {
    facts: factsOf(block.version),
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
    multicluster: [],
    zonal: false,
    startupTimeoutMs: 5000,
    search: searchOf(block.resolvConf),
  };
  while (d.nextBlock()) {
    const property = d.val();
    const known = Object.hasOwn(options, property) && knowsOption(property, block.version);
    const read = known ? options[property] : undefined;
    if (read === undefined) throw d.err(`unknown property '${property}'`);
    read(d, draft, block);
  }
  if (draft.namespaces.length > 0 && draft.namespaceLabels !== null) {
    throw d.err('namespaces and namespace_labels cannot both be set');
  }
  checkZones(d, draft, block.version);
  return draft;
}

/** dnsutil.IsReverse wants a label in front: "in-addr.arpa." itself counts as any other zone. */
function isReverseApex(zone: string): boolean {
  return zone === 'in-addr.arpa.' || zone === 'ip6.arpa.';
}

function checkZones(d: Dispenser, draft: Draft, version: CoreDnsVersion): void {
  const foreign = draft.multicluster.find((zone) => !draft.zones.includes(zone));
  if (foreign !== undefined) {
    const all = ` (authoritative zones: [${draft.zones.join(' ')}])`;
    const named = atLeast(version, '1.14.4') ? all : '';
    throw d.err(`is not authoritative for the multicluster zone ${foreign}${named}`);
  }
  if (draft.zonal && draft.noEndpoints) {
    throw d.err('zonal requires the endpoint cache; remove noendpoints');
  }
}

/** The last search or domain line, as zones. */
function searchOf(resolvConf: string): readonly string[] {
  let search: readonly string[] = [];
  for (const line of resolvConf.split('\n')) {
    const [word, ...rest] = line.trim().split(/[ \t]+/);
    if (word === 'search') search = rest;
    else if (word === 'domain' && rest.length > 0) search = rest.slice(0, 1);
  }
  return search.map((one) => lower(absolute(one)));
}

export const setup: Setup = (d, block) => {
  let made: KubernetesHandler | null = null;
  while (d.next()) {
    if (made !== null) throw d.raw('this plugin can only be used once per Server Block');
    made = new KubernetesHandler(parseKubernetes(d, block));
  }
  return made === null ? [] : [made];
};
