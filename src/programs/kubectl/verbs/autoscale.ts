// `kubectl autoscale`: a HorizontalPodAutoscaler for what can be scaled; nothing acts on it. kubectl until 1.32 made objects
// of autoscaling/v1, which the server keeps as v2. Models kubectl/pkg/cmd/autoscale.
import { formatQuantity, parseQuantity } from '../../../api/field/quantity.ts';
import { build, type Info, visit } from '../builder.ts';
import { requireFlags, unsetTime } from '../create/generator.ts';
import { CommandError, throwAll } from '../errors.ts';
import type { Flag } from '../flags.ts';
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

const resources: readonly Flag[] = [
  { name: 'cpu', type: 'string' },
  { name: 'memory', type: 'string' },
];

export const autoscale: Verb = {
  words: ['autoscale'],
  flags: [
    ...printFlags,
    ...filenameFlags,
    ...resources,
    { name: 'min', type: 'int', initial: '-1' },
    { name: 'max', type: 'int', initial: '-1' },
    { name: 'cpu-percent', type: 'int', initial: '-1' },
    { name: 'name', type: 'string' },
    { name: 'save-config', type: 'bool' },
    dryRunFlag,
    fieldManagerFlag,
    recordFlag,
  ],
  run,
};

const scalable: readonly string[] = [
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'ReplicationController',
];

function run(call: Call): void {
  requireFlags(call, ['max']);
  check(call);
  if (call.flags.bool('save-config')) throw notModelled('kubectl autoscale --save-config');
  const dryRun = dryRunOf(call);
  const word = dryRun === 'client' ? 'created' : 'autoscaled';
  const print = printerOf(call, `${word}${dryRunSuffix(dryRun)}`);
  const errors: Error[] = [];
  let count = 0;
  visit(build(call, { args: call.args }), errors, (info) => {
    const { row } = info;
    if (!scalable.includes(row.kind)) {
      const about = `${row.group}/${row.version}, Resource=${row.resource}`;
      throw new CommandError(
        `cannot autoscale a ${row.kind}: could not find scale subresource for ${about} in discovery information`,
      );
    }
    count++;
    const autoscaler =
      call.host.minor >= sinceV2 ? autoscalerV2(call, info) : autoscalerV1(call, info);
    if (dryRun === 'client') {
      print(autoscaler);
      return;
    }
    const kind = call.names.row('horizontalpodautoscalers');
    const body = autoscalerV2(call, info);
    print(call.host.requests.create(kind, call.namespace, body, { dryRun: dryRun === 'server' }));
  });
  throwAll(errors);
  if (count === 0) throw new CommandError('no objects passed to autoscale');
}

const sinceV2 = 33;
/** kubectl 1.34 added --cpu and --memory, and 1.35 writes the namespace of -n. */
const sinceResources = 34;
const sinceNamespace = 35;

function check(call: Call): void {
  const { flags, host } = call;
  const [min, max] = [flags.int('min'), flags.int('max')];
  for (const { name } of resources) {
    if (flags.changed(name) && host.minor < sinceResources) {
      throw new CommandError(`unknown flag: --${name}\nSee '${call.command} --help' for usage.`);
    }
  }
  if (flags.changed('cpu-percent') && host.minor >= sinceResources) {
    call.err(
      "Flag --cpu-percent has been deprecated, Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).\n",
    );
  }
  if (max < 1) {
    throw new CommandError(`--max=MAXPODS is required and must be at least 1, max: ${max}`);
  }
  if (max < min) {
    throw new CommandError(
      `--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`,
    );
  }
  if (flags.int('cpu-percent') > 0 && flags.text('cpu') !== '') {
    throw new CommandError('--cpu-percent and --cpu are mutually exclusive');
  }
}

function metadata(call: Call, { name }: Info): object {
  const isPlaced = call.host.minor >= sinceNamespace && call.explicitNamespace;
  return {
    ...unsetTime(call.host.minor),
    name: call.flags.text('name') || name,
    ...(isPlaced ? { namespace: call.namespace } : {}),
  };
}

function bounds({ flags }: Call, { row, name }: Info): object {
  const min = flags.int('min');
  const apiVersion = row.group === '' ? row.version : `${row.group}/${row.version}`;
  return {
    maxReplicas: flags.int('max'),
    ...(min > 0 ? { minReplicas: min } : {}),
    scaleTargetRef: { apiVersion, kind: row.kind, name },
  };
}

function autoscalerV2(call: Call, info: Info) {
  const { flags } = call;
  const percent = flags.int('cpu-percent');
  const utilization = (of: number) => ({ averageUtilization: of, type: 'Utilization' });
  const metrics = [
    ...(percent > 0 ? [metric('cpu', utilization(percent))] : []),
    ...resources.flatMap(({ name }) => {
      const text = flags.text(name).trim();
      return text === '' ? [] : [metric(name, targetOf(name, text))];
    }),
  ];
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: metadata(call, info),
    spec: { ...bounds(call, info), ...(metrics.length === 0 ? {} : { metrics }) },
    status: { currentMetrics: null, desiredReplicas: 0 },
  };
}

function metric(name: string, target: object): object {
  return { type: 'Resource', resource: { name, target } };
}

/** "70%", "500m", and bare numbers in milli-CPUs or mebibytes. */
function targetOf(name: string, text: string): object {
  if (text.endsWith('%')) {
    const number = text.slice(0, -1);
    if (!/^\+?\d+$/.test(number)) throw new CommandError(`invalid percentage value: ${number}`);
    return { averageUtilization: Number(number), type: 'Utilization' };
  }
  const isBare = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);
  const quantity = parseQuantity(isBare ? `${Number(text)}${name === 'cpu' ? 'm' : 'Mi'}` : text);
  if (quantity === undefined) throw new CommandError(`invalid resource ${name} value: ${text}`);
  return { averageValue: formatQuantity(quantity), type: 'AverageValue' };
}

function autoscalerV1(call: Call, info: Info) {
  const percent = call.flags.int('cpu-percent');
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    metadata: metadata(call, info),
    spec: {
      ...bounds(call, info),
      ...(percent >= 0 ? { targetCPUUtilizationPercentage: percent } : {}),
    },
    status: { currentReplicas: 0, desiredReplicas: 0 },
  };
}
