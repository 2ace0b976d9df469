// `kubectl expose`: a Service for what has Pods, ports and selector taken from it. Models kubectl/pkg/cmd/expose and
// polymorphichelpers. Not here: --overrides, --save-config.
import type { AnyObject, PodSpec, Service } from '../../../api/types.ts';
import { build, type Info, visit } from '../builder.ts';
import { unsetTime } from '../create/generator.ts';
import { intOrString } from '../create/policy.ts';
import { keysOf } from '../describe/fields.ts';
import { CommandError, throwAll } from '../errors.ts';
import { printerOf } from '../printer.ts';
import {
  type Call,
  dryRunFlag,
  dryRunOf,
  dryRunSuffix,
  fieldManagerFlag,
  filenameFlags,
  notModelled,
  printFlags,
  recordFlag,
  type Verb,
} from '../verb.ts';

type Labels = Readonly<Record<string, string>>;

const texts = [
  'protocol',
  'port',
  'type',
  'load-balancer-ip',
  'selector',
  'target-port',
  'external-ip',
  'name',
  'session-affinity',
  'cluster-ip',
  'overrides',
  'override-type',
] as const;

export const expose: Verb = {
  words: ['expose'],
  flags: [
    ...texts.map((name) => ({ name, type: 'string' }) as const),
    { name: 'labels', short: 'l', type: 'string' },
    { name: 'save-config', type: 'bool' },
    ...filenameFlags,
    ...printFlags,
    dryRunFlag,
    fieldManagerFlag,
    recordFlag,
  ],
  run,
};

function run(call: Call): void {
  for (const name of ['overrides', 'save-config']) {
    if (call.flags.changed(name)) throw notModelled(`kubectl expose --${name}`);
  }
  const dryRun = dryRunOf(call);
  const print = printerOf(call, `exposed${dryRunSuffix(dryRun)}`);
  const errors: Error[] = [];
  visit(build(call, { args: call.args }), errors, (info) => {
    const service = serviceFor(call, info);
    if (dryRun === 'client') {
      const place = call.explicitNamespace ? { namespace: call.namespace } : {};
      print({ ...service, metadata: { ...service.metadata, ...place } });
      return;
    }
    const row = call.names.row('services');
    const options = { dryRun: dryRun === 'server' };
    print(call.host.requests.create(row, call.namespace, service, options));
  });
  throwAll(errors);
}

const exposable: readonly string[] = [
  'ReplicationController',
  'Service',
  'Pod',
  'Deployment.apps',
  'ReplicaSet.apps',
];
const nameMax = 63;

function serviceFor(call: Call, { row, name, object }: Info) {
  const kind = row.group === '' ? row.kind : `${row.kind}.${row.group}`;
  if (!exposable.includes(kind)) throw new CommandError(`cannot expose a ${kind}`);
  const { flags } = call;
  const selector = parseLabels(flags.text('selector') || labelText(selectorOf(object)));
  const found = portsOf(object);
  const given = flags.text('port');
  const headless = flags.text('cluster-ip') === 'None';
  const ports = given === '' ? [...found.keys()] : given.split(',');
  if (ports.length === 0 && !headless) {
    throw new CommandError("couldn't find port via --port flag or introspection");
  }
  const labels = flags.text('labels') || labelText(object.metadata.labels ?? {});
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      ...unsetTime(call.host.minor),
      name: flags.text('name') || name.slice(0, nameMax),
      ...(labels === '' ? {} : { labels: parseLabels(labels) }),
    },
    spec: {
      selector,
      ...(ports.length === 0 ? {} : { ports: servicePorts(call, ports, found) }),
      ...typeFields(call),
    },
    status: { loadBalancer: {} },
  };
}

function typeFields({ flags }: Call): object {
  const [type, affinity] = [flags.text('type'), flags.text('session-affinity')];
  const [ip, external] = [flags.text('load-balancer-ip'), flags.text('external-ip')];
  if (!['', 'None', 'ClientIP'].includes(affinity)) {
    throw new CommandError(`unknown session affinity: ${affinity}`);
  }
  const clusterIP = flags.text('cluster-ip');
  return {
    ...(external === '' ? {} : { externalIPs: [external] }),
    ...(type === '' ? {} : { type }),
    ...(type === 'LoadBalancer' && ip !== '' ? { loadBalancerIP: ip } : {}),
    ...(affinity === '' ? {} : { sessionAffinity: affinity }),
    ...(clusterIP === '' ? {} : { clusterIP }),
  };
}

function servicePorts(
  { flags }: Call,
  ports: readonly string[],
  found: ReadonlyMap<string, readonly string[]>,
): readonly object[] {
  const [given, target] = [flags.text('protocol'), flags.text('target-port')];
  return ports.flatMap((text, i) => {
    const port = atoi(text);
    const rest = { port, targetPort: target === '' ? port : intOrString(target) };
    const name = ports.length > 1 ? { name: `port-${i + 1}` } : {};
    const own = given === '' ? (found.get(text) ?? []) : [given];
    if (own.length > 1) {
      return own.map((protocol) => {
        return { name: `port-${i + 1}-${protocol.toLowerCase()}`, protocol, ...rest };
      });
    }
    return [{ ...name, protocol: own[0] ?? 'TCP', ...rest }];
  });
}

/** strconv.Atoi. */
export function atoi(text: string): number {
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  throw new CommandError(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
}

interface Selecting {
  readonly spec?: {
    readonly selector?: unknown;
    readonly template?: { readonly spec?: PodSpec };
  };
}

const couldNot = "couldn't retrieve selectors via --selector flag or introspection: ";

function selectorOf(object: AnyObject): Labels {
  const { selector } = (object as unknown as Selecting).spec ?? {};
  switch (object.kind) {
    case 'Pod': {
      const labels = object.metadata.labels ?? {};
      if (keysOf(labels).length > 0) return labels;
      throw new CommandError(`${couldNot}the pod has no labels and cannot be exposed`);
    }
    case 'Service':
      if (selector !== undefined) return selector as Labels;
      throw new CommandError(`${couldNot}the service has no pod selector set`);
    case 'ReplicationController':
      return (selector ?? {}) as Labels;
    default: {
      const { matchLabels = {}, matchExpressions = [] } = (selector ?? {}) as {
        matchLabels?: Labels;
        matchExpressions?: readonly { key: string; operator: string; values?: string[] }[];
      };
      const kind = object.kind === 'Deployment' ? 'deployment' : 'replicaset';
      if (keysOf(matchLabels).length === 0) {
        throw new CommandError(
          `${couldNot}invalid ${kind}: no selectors, therefore cannot be exposed`,
        );
      }
      if (matchExpressions.length === 0) return matchLabels;
      const shown = matchExpressions
        .map(
          (one) =>
            `{Key:${one.key} Operator:${one.operator} Values:[${(one.values ?? []).join(' ')}]}`,
        )
        .join(' ');
      throw new CommandError(
        `${couldNot}couldn't convert expressions - "[${shown}]" to map-based selector format`,
      );
    }
  }
}

/** Ports, each once, with the protocols of all that have its number. */
function portsOf(object: AnyObject): ReadonlyMap<string, readonly string[]> {
  const ports = new Map<string, readonly string[]>();
  const add = (port: number, protocol: string): void => {
    ports.set(String(port), [...(ports.get(String(port)) ?? []), protocol]);
  };
  if (object.kind === 'Service') {
    const { spec } = object as unknown as Service;
    for (const { port, protocol = 'TCP' } of spec.ports ?? []) add(port, protocol);
    return ports;
  }
  const { spec } = object as unknown as Selecting;
  const podSpec = object.kind === 'Pod' ? (spec as unknown as PodSpec) : spec?.template?.spec;
  for (const container of podSpec?.containers ?? []) {
    for (const { containerPort, protocol = 'TCP' } of container.ports ?? []) {
      add(containerPort, protocol);
    }
  }
  return ports;
}

function labelText(labels: Labels): string {
  return keysOf(labels)
    .map((key) => `${key}=${labels[key]}`)
    .join(',');
}

/** "a=b,c=d" */
export function parseLabels(text: string): Labels {
  const pairs = text.split(',').map((part): [string, string] => {
    const [key = '', value, ...more] = part.split('=');
    if (value === undefined || more.length > 0) {
      throw new CommandError(`unexpected label spec: ${part}`);
    }
    if (key === '') throw new CommandError('unexpected empty label key');
    return [key, value];
  });
  return Object.fromEntries(pairs);
}
