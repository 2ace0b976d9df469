// Small verbs about the cluster as a whole: api-resources, api-versions, version, cluster-info, events. Models the commands of
// the same names in kubectl/pkg/cmd. Not here: `api-resources -o wide`, `events -w`, `cluster-info dump`, real build versions.
import { apiVersionOf } from '../../../api/scheme.ts';
import type { AnyObject } from '../../../api/types.ts';
import { clockStartSeconds } from '../../../sim/time.ts';
import { unixSeconds } from '../age.ts';
import { interval } from '../describe/events.ts';
import { CommandError } from '../errors.ts';
import { outputOf, printerOf } from '../printer.ts';
import { aligned } from '../tables.ts';
import {
  allNamespacesFlag,
  type Call,
  notModelled,
  printFlags,
  usageError,
  type Verb,
} from '../verb.ts';

const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

export const apiResources: Verb = {
  words: ['api-resources'],
  flags: [
    { name: 'api-group', type: 'string' },
    { name: 'namespaced', type: 'bool', initial: 'true' },
    { name: 'no-headers', type: 'bool' },
    { name: 'output', short: 'o', type: 'string' },
    { name: 'sort-by', type: 'string' },
    { name: 'cached', type: 'bool' },
  ],
  run: (call) => {
    const { flags, names } = call;
    if (call.args.length > 0)
      throw usageError(call, `unexpected arguments: [${call.args.join(' ')}]`);
    const [output, sortBy] = [flags.text('output'), flags.text('sort-by')];
    if (!['', 'name', 'kind'].includes(sortBy)) {
      throw new CommandError('--sort-by accepts only name or kind');
    }
    if (output !== '' && output !== 'name') throw notModelled(`kubectl api-resources -o ${output}`);
    const rows = [...names.rows]
      .filter(({ group }) => !flags.changed('api-group') || group === flags.text('api-group'))
      .filter(
        ({ namespaced }) => !flags.changed('namespaced') || namespaced === flags.bool('namespaced'),
      )
      .sort((a, b) => {
        const key = sortBy === 'name' ? 'resource' : sortBy === 'kind' ? 'kind' : 'group';
        return byText(a[key], b[key]) || byText(a.resource, b.resource);
      });
    if (output === 'name') {
      for (const { resource, group } of rows) {
        call.out(group === '' ? `${resource}\n` : `${resource}.${group}\n`);
      }
      return;
    }
    const cells = rows.map((row) => [
      row.resource,
      row.shortNames.join(','),
      apiVersionOf(row),
      String(row.namespaced),
      row.kind,
    ]);
    const header = ['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND'];
    call.out(`${aligned(flags.bool('no-headers') ? cells : [header, ...cells])}\n`);
  },
};

export const apiVersions: Verb = {
  words: ['api-versions'],
  flags: [],
  run: (call) => {
    if (call.args.length > 0)
      throw usageError(call, `unexpected arguments: [${call.args.join(' ')}]`);
    const versions = new Set(call.names.rows.map(apiVersionOf));
    call.out(
      [...versions]
        .sort(byText)
        .map((version) => `${version}\n`)
        .join(''),
    );
  },
};

/** Of kustomize inside kubectl, by minor version. */
const kustomize: Readonly<Record<number, string>> = {
  32: 'v5.5.0',
  33: 'v5.6.0',
  34: 'v5.7.1',
  35: 'v5.7.1',
  36: 'v5.8.1',
};

export const version: Verb = {
  words: ['version'],
  flags: [
    { name: 'client', type: 'bool' },
    { name: 'output', short: 'o', type: 'string' },
  ],
  run: (call) => {
    const { args, flags, host } = call;
    if (args.length > 0) throw new CommandError(`extra arguments: [${args.join(' ')}]`);
    const output = flags.text('output');
    if (!['', 'yaml', 'json'].includes(output)) {
      throw new CommandError("--output must be 'yaml' or 'json'");
    }
    if (output !== '') throw notModelled(`kubectl version -o ${output}`);
    const own = `v1.${host.minor}.0`;
    call.out(`Client Version: ${own}\n`);
    const inside = kustomize[host.minor];
    if (inside !== undefined) call.out(`Kustomize Version: ${inside}\n`);
    if (!flags.bool('client')) call.out(`Server Version: ${own}\n`);
  },
};

export const clusterInfo: Verb = {
  words: ['cluster-info'],
  flags: [],
  run: (call) => {
    const { requests } = call.host;
    const [row, endpoints] = [call.names.row('services'), call.names.row('endpoints')];
    const kubernetes = requests.get(endpoints, { namespace: 'default', name: 'kubernetes' });
    const { subsets = [] } = kubernetes as unknown as {
      subsets?: { addresses?: { ip: string }[]; ports?: { port: number }[] }[];
    };
    const ip = subsets[0]?.addresses?.[0]?.ip ?? '';
    const host = `https://${ip}:${subsets[0]?.ports?.[0]?.port ?? 443}`;
    call.out(`Kubernetes control plane is running at ${host}\n`);
    const namespace = call.explicitNamespace ? call.namespace : 'kube-system';
    const labelSelector = 'kubernetes.io/cluster-service=true';
    for (const service of requests.list(row, { namespace, labelSelector }).items) {
      const { name } = service.metadata;
      const { ports = [] } = service['spec'] as { ports?: { name?: string; port: number }[] };
      const [port] = ports;
      const secure = port?.name === 'https' || port?.port === 443 ? 'https:' : '';
      const path = port === undefined ? name : `${secure}${name}:${port.name ?? ''}`;
      const shown = service.metadata.labels?.['kubernetes.io/name'] ?? name;
      const at = `${host}/api/v1/namespaces/${namespace}/services/${path.replace(/:$/, '')}/proxy`;
      call.out(`${shown} is running at ${at}\n`);
    }
    call.out(
      "\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n",
    );
  },
};

interface Event extends AnyObject {
  readonly involvedObject?: {
    readonly apiVersion?: string;
    readonly kind?: string;
    readonly name?: string;
  };
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly series?: { readonly lastObservedTime?: string };
}

export const events: Verb = {
  words: ['events'],
  flags: [
    ...printFlags,
    allNamespacesFlag,
    { name: 'watch', short: 'w', type: 'bool' },
    { name: 'for', type: 'string' },
    { name: 'types', type: 'strings' },
    { name: 'no-headers', type: 'bool' },
    { name: 'chunk-size', type: 'int', initial: '500' },
  ],
  run: runEvents,
};

function runEvents(call: Call): void {
  const { flags, host } = call;
  const types = flags.list('types').map((type) => type.toLowerCase());
  if (types.some((type) => type !== 'normal' && type !== 'warning')) {
    throw new CommandError('valid --types are Normal or Warning');
  }
  if (flags.bool('watch')) throw notModelled('kubectl events -w', 'run it again later');
  const all = flags.bool('all-namespaces');
  const about = aboutOf(call);
  const list = host.requests.list(
    call.names.row('events'),
    all ? {} : { namespace: call.namespace },
  );
  const found = (list.items as readonly Event[])
    .filter(({ type = '' }) => types.length === 0 || types.includes(type.toLowerCase()))
    .filter(
      ({ involvedObject: of = {} }) =>
        about === null ||
        (of.kind === about.kind && of.apiVersion === about.apiVersion && of.name === about.name),
    )
    .sort((a, b) => timeOf(a) - timeOf(b));
  if (found.length === 0) {
    call.err(all ? 'No events found.\n' : `No events found in ${call.namespace} namespace.\n`);
    return;
  }
  if (outputOf(call) !== '') {
    printerOf(call, '')({ apiVersion: 'v1', items: found, kind: 'EventList', metadata: {} });
    return;
  }
  const nowSeconds = clockStartSeconds + Math.floor(host.nowMs / 1000);
  const cells = found.map((event) => [
    ...(all ? [event.metadata.namespace ?? ''] : []),
    interval(event, nowSeconds),
    event.type ?? '',
    event.reason ?? '',
    `${event.involvedObject?.kind}/${event.involvedObject?.name}`,
    (event.message ?? '').trim(),
  ]);
  const header = [
    ...(all ? ['NAMESPACE'] : []),
    'LAST SEEN',
    'TYPE',
    'REASON',
    'OBJECT',
    'MESSAGE',
  ];
  call.out(`${aligned(flags.bool('no-headers') ? cells : [header, ...cells])}\n`);
}

function aboutOf(call: Call) {
  const text = call.flags.text('for');
  if (text === '') return null;
  const [type = '', name, ...more] = text.split('/');
  if (name === undefined) throw new CommandError('--for must be in resource/name form');
  if (more.length > 0) {
    throw new CommandError('arguments in resource/name form may not have more than one slash');
  }
  const row = call.names.row(type);
  return { kind: row.kind, apiVersion: apiVersionOf(row), name };
}

function timeOf({ series, lastTimestamp, eventTime }: Event): number {
  return unixSeconds(series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? '') ?? 0;
}
