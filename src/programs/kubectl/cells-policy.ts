// Cells of Jobs, CronJobs, budgets, autoscalers, quotas and revisions. Models the print functions of
// pkg/printers/internalversion/printers.go.
import type { AnyObject, CronJob, Job } from '../../api/types.ts';
import { isRecord } from '../../api/values.ts';
import { byCodeUnit } from '../../sim/table.ts';
import { age, humanDuration, unixSeconds } from './age.ts';
import { type CellContext, type Cells, containerCells, fieldsOf, selectorText } from './cells.ts';

/** printJob has STATUS since 1.31. */
const jobStatusSince = 31;
/** printCronJob has TIMEZONE since 1.30. */
const timeZoneSince = 30;

/** In upstream's order: the first that is True counts. */
const jobStates: readonly (readonly [condition: string, status: string])[] = [
  ['Complete', 'Complete'],
  ['Failed', 'Failed'],
  ['', 'Terminating'],
  ['Suspended', 'Suspended'],
  ['FailureTarget', 'FailureTarget'],
  ['SuccessCriteriaMet', 'SuccessCriteriaMet'],
];

function jobStatus({ metadata, status }: Job): string {
  const holds = (type: string): boolean =>
    type === ''
      ? metadata.deletionTimestamp !== undefined
      : (status?.conditions ?? []).some((c) => c.type === type && c.status === 'True');
  return jobStates.find(([condition]) => holds(condition))?.[1] ?? 'Running';
}

function jobCompletions({ spec, status }: Job): string {
  const succeeded = status?.succeeded ?? 0;
  if (spec?.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism = spec?.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function jobDuration({ status }: Job, nowSeconds: number): string {
  const started = unixSeconds(status?.startTime ?? '');
  if (started === undefined) return '';
  return humanDuration((unixSeconds(status?.completionTime ?? '') ?? nowSeconds) - started);
}

export function jobCells(minor: number): Cells {
  const hasStatus = minor >= jobStatusSince;
  return {
    columns: ['NAME', ...(hasStatus ? ['STATUS'] : []), 'COMPLETIONS', 'DURATION', 'AGE'],
    wide: ['CONTAINERS', 'IMAGES', 'SELECTOR'],
    cells: (object, context) => {
      const job = object as unknown as Job;
      return [
        job.metadata.name,
        ...(hasStatus ? [jobStatus(job)] : []),
        jobCompletions(job),
        jobDuration(job, context.nowSeconds),
        context.age,
        ...containerCells(job.spec?.template?.spec),
        selectorText(job.spec?.selector),
      ];
    },
  };
}

export function cronJobCells(minor: number): Cells {
  const hasZone = minor >= timeZoneSince;
  const zone = hasZone ? ['TIMEZONE'] : [];
  return {
    columns: ['NAME', 'SCHEDULE', ...zone, 'SUSPEND', 'ACTIVE', 'LAST SCHEDULE', 'AGE'],
    wide: ['CONTAINERS', 'IMAGES', 'SELECTOR'],
    cells: (object, context) => {
      const { metadata, spec, status } = object as unknown as CronJob;
      const last = status?.lastScheduleTime;
      const suspend = spec?.suspend;
      const template = spec?.jobTemplate.spec;
      return [
        metadata.name,
        spec?.schedule ?? '',
        ...(hasZone ? [spec?.timeZone ?? '<none>'] : []),
        suspend === undefined ? '<unset>' : suspend ? 'True' : 'False',
        String(status?.active?.length ?? 0),
        last === undefined ? '<none>' : age(last, context.nowSeconds),
        context.age,
        ...containerCells(template?.template?.spec),
        selectorText(template?.selector),
      ];
    },
  };
}

export const disruptionBudgetCells: Cells = {
  columns: ['NAME', 'MIN AVAILABLE', 'MAX UNAVAILABLE', 'ALLOWED DISRUPTIONS', 'AGE'],
  wide: [],
  cells: (object, context) => {
    const spec = fieldsOf(object, 'spec');
    return [
      object.metadata.name,
      String(spec['minAvailable'] ?? 'N/A'),
      String(spec['maxUnavailable'] ?? 'N/A'),
      String(fieldsOf(object, 'status')['disruptionsAllowed'] ?? 0),
      context.age,
    ];
  },
};

type Fields = Readonly<Record<string, unknown>>;

function at(value: unknown, ...path: readonly string[]): unknown {
  let found: unknown = value;
  for (const key of path) found = isRecord(found) ? found[key] : undefined;
  return found;
}

const sources: Readonly<Record<string, string>> = {
  External: 'external',
  Pods: 'pods',
  Object: 'object',
  Resource: 'resource',
  ContainerResource: 'containerResource',
};

/** "cpu: 12%/80%", "3/10 (avg)". */
function metricText(spec: Fields, status: unknown): string {
  const type = String(spec['type']);
  const source = sources[type];
  if (source === undefined) return '<unknown type>';
  const target = at(spec, source, 'target') as Fields;
  const current = (field: string): string =>
    String(at(status, source, 'current', field) ?? '<unknown>');
  const average = target['averageValue'];
  const named = type.endsWith('Resource') ? `${at(spec, source, 'name')}: ` : '';
  if (average !== undefined) {
    const suffix = type === 'External' || type === 'Object' ? ' (avg)' : '';
    return `${named}${current('averageValue')}/${average}${suffix}`;
  }
  if (named === '') return `${current('value')}/${target['value'] ?? '0'}`;
  const percent = (value: unknown, none: string): string =>
    value === undefined ? none : `${value}%`;
  const used = at(status, source, 'current', 'averageUtilization');
  const wanted = target['averageUtilization'];
  return `${named}${percent(used, '<unknown>')}/${percent(wanted, '<auto>')}`;
}

const metricsMax = 2;

function metricsText(object: AnyObject): string {
  const specs = (fieldsOf(object, 'spec')['metrics'] ?? []) as readonly Fields[];
  const statuses = (fieldsOf(object, 'status')['currentMetrics'] ?? []) as readonly unknown[];
  if (specs.length === 0) return '<none>';
  const texts = specs.map((spec, i) => metricText(spec, statuses[i]));
  const shown = texts.slice(0, metricsMax).join(', ');
  const more = texts.length - metricsMax;
  return more > 0 ? `${shown} + ${more} more...` : shown;
}

export const autoscalerCells: Cells = {
  columns: ['NAME', 'REFERENCE', 'TARGETS', 'MINPODS', 'MAXPODS', 'REPLICAS', 'AGE'],
  wide: [],
  cells: (object, context) => {
    const spec = fieldsOf(object, 'spec');
    const target = at(spec, 'scaleTargetRef');
    return [
      object.metadata.name,
      `${at(target, 'kind')}/${at(target, 'name')}`,
      metricsText(object),
      String(spec['minReplicas'] ?? '<unset>'),
      String(spec['maxReplicas'] ?? 0),
      String(fieldsOf(object, 'status')['currentReplicas'] ?? 0),
      context.age,
    ];
  },
};

export const quotaCells: Cells = {
  columns: ['NAME', 'REQUEST', 'LIMIT', 'AGE'],
  wide: [],
  cells: (object, context) => {
    const hard = (fieldsOf(object, 'status')['hard'] ?? {}) as Fields;
    const used = (fieldsOf(object, 'status')['used'] ?? {}) as Fields;
    const texts = (isLimit: boolean): string =>
      Object.keys(hard)
        .filter((name) => name.startsWith('limits.') === isLimit)
        .sort(byCodeUnit)
        .map((name) => `${name}: ${used[name] ?? 0}/${hard[name]}`)
        .join(', ');
    return [object.metadata.name, texts(false), texts(true), context.age];
  },
};

export const revisionCells: Cells = {
  columns: ['NAME', 'CONTROLLER', 'REVISION', 'AGE'],
  wide: [],
  cells: (object, context) => {
    const owner = (object.metadata.ownerReferences ?? []).find((one) => one.controller === true);
    return [
      object.metadata.name,
      owner === undefined ? '<none>' : ownerText(owner.apiVersion, owner.kind, owner.name),
      String(object['revision'] ?? 0),
      context.age,
    ];
  },
};

function ownerText(apiVersion: string, kind: string, name: string): string {
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : '';
  return `${kind.toLowerCase()}${group}/${name}`;
}

/** Events: the wide columns stand between the others. */
export const eventCells: Cells = {
  columns: ['LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE'],
  wide: ['SUBOBJECT', 'SOURCE', 'FIRST SEEN', 'COUNT', 'NAME'],
  wideOrder: [0, 1, 2, 3, 5, 6, 4, 7, 8, 9],
  cells: eventRow,
};

function eventRow(object: AnyObject, context: CellContext): readonly string[] {
  const text = (field: string): string => String(object[field] ?? '');
  const seen = (time: unknown): string =>
    age(typeof time === 'string' ? time : undefined, context.nowSeconds);
  const first = seen(object['firstTimestamp'] ?? object['eventTime']);
  const series = object['series'];
  const last = object['lastTimestamp'];
  const about = fieldsOf(object, 'involvedObject');
  const kind = String(about['kind'] ?? '').toLowerCase();
  const source = fieldsOf(object, 'source');
  const component = String(source['component'] ?? '') || text('reportingComponent');
  const instance = String(source['host'] ?? '') || text('reportingInstance');
  return [
    isRecord(series) ? seen(series['lastObservedTime']) : last === undefined ? first : seen(last),
    text('type'),
    text('reason'),
    (about['name'] ?? '') === '' ? kind : `${kind}/${about['name']}`,
    text('message').trim(),
    String(about['fieldPath'] ?? ''),
    instance === '' ? component : `${component}, ${instance}`,
    first,
    isRecord(series) ? String(series['count']) : String(object['count'] ?? 1),
    object.metadata.name,
  ];
}
