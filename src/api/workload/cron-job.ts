// CronJob (A11): defaults, schedule, policies. Models pkg/apis/batch/{v1/defaults.go,validation} and the parser of
// robfig/cron v3 that upstream asks. Nothing acts on it here; time zones are not looked up.
import type { Cause } from '../error.ts';
import { invalid, oneOf, required } from '../field/errors.ts';
import { dns1123Subdomain } from '../field/names.ts';
import type { KindRules, RuleContext } from '../kind-rules.ts';
import { metadataCauses, metadataUpdateCauses } from '../metadata/validation.ts';
import { defaultTemplate } from '../pod/defaults.ts';
import type { CronJob, CronJobSpec } from '../types.ts';
import { type Draft, isUnset } from '../values.ts';
import { jobSpecCauses } from './job.ts';
import { notNegative } from './template.ts';

const policies: readonly string[] = ['Allow', 'Forbid', 'Replace'];
const NAME_MAX = 52;

function defaultCronJob(job: CronJob): CronJob {
  const { jobTemplate } = job.spec ?? {};
  const spec: Draft<CronJobSpec> = { ...job.spec };
  if (isUnset(spec.concurrencyPolicy)) spec.concurrencyPolicy = 'Allow';
  spec.suspend ??= false;
  spec.successfulJobsHistoryLimit ??= 3;
  spec.failedJobsHistoryLimit ??= 1;
  const template = defaultTemplate(jobTemplate?.spec?.template);
  spec.jobTemplate = { ...jobTemplate, spec: { ...jobTemplate?.spec, template } };
  return { ...job, spec };
}

const descriptors = ['yearly', 'annually', 'monthly', 'weekly', 'daily', 'midnight', 'hourly'];
const months = 'jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec'.split(',');
const days = 'sun,mon,tue,wed,thu,fri,sat'.split(',');

interface Bounds {
  readonly low: number;
  readonly high: number;
  readonly names: readonly string[];
}

const fields: readonly Bounds[] = [
  { low: 0, high: 59, names: [] },
  { low: 0, high: 23, names: [] },
  { low: 1, high: 31, names: [] },
  { low: 1, high: 12, names: months },
  { low: 0, high: 6, names: days },
];

function numberIn(text: string, { low, names }: Bounds): number | string {
  const at = names.indexOf(text.toLowerCase());
  if (at >= 0) return at + low;
  if (/^[-+]?\d+$/.test(text)) {
    const value = Number(text);
    return value < 0 ? `negative number (${value}) not allowed: ${text}` : value;
  }
  const quoted = JSON.stringify(text);
  return `failed to parse int from ${text}: strconv.Atoi: parsing ${quoted}: invalid syntax`;
}

function rangeError(text: string, bounds: Bounds): string | undefined {
  const [range = '', step, ...more] = text.split('/');
  const [from = '', to, ...others] = range.split('-');
  let low: number | string = bounds.low;
  let high: number | string = bounds.high;
  if (from !== '*' && from !== '?') {
    low = numberIn(from, bounds);
    if (typeof low === 'string') return low;
    if (others.length > 0) return `too many hyphens: ${text}`;
    high = to === undefined ? (step === undefined ? low : bounds.high) : numberIn(to, bounds);
    if (typeof high === 'string') return high;
  }
  if (more.length > 0) return `too many slashes: ${text}`;
  const stride = step === undefined ? 1 : numberIn(step, { ...bounds, names: [] });
  if (typeof stride === 'string') return stride;
  if (low < bounds.low) return `beginning of range (${low}) below minimum (${bounds.low}): ${text}`;
  if (high > bounds.high) return `end of range (${high}) above maximum (${bounds.high}): ${text}`;
  if (low > high) return `beginning of range (${low}) beyond end of range (${high}): ${text}`;
  return stride === 0 ? `step of range should be a positive number: ${text}` : undefined;
}

/** Why cron.ParseStandard refuses a schedule; undefined when it does not. */
export function scheduleError(schedule: string): string | undefined {
  if (schedule.startsWith('@')) {
    if (descriptors.includes(schedule.slice(1)) || /^@every \d/.test(schedule)) return undefined;
    return `unrecognized descriptor: ${schedule}`;
  }
  const parts = schedule.split(/\s+/).filter((part) => part !== '');
  if (parts.length !== fields.length) {
    const list = parts.join(' ');
    return `expected exactly ${fields.length} fields, found ${parts.length}: [${list}]`;
  }
  for (const [i, bounds] of fields.entries()) {
    for (const range of (parts[i] ?? '').split(',')) {
      const error = range === '' ? undefined : rangeError(range, bounds);
      if (error !== undefined) return error;
    }
  }
  return undefined;
}

function scheduleCauses({ schedule = '', timeZone }: CronJobSpec, old: CronJobSpec | undefined) {
  const at = 'spec.schedule';
  if (schedule === '') return [required(at)];
  const zoned = schedule.includes('TZ');
  const spoken = zoned ? schedule.replace(/^(CRON_)?TZ=\S*\s*/, '') : schedule;
  const error = scheduleError(spoken);
  const causes = error === undefined ? [] : [invalid(at, schedule, error)];
  if (zoned && timeZone !== undefined) {
    const detail = 'cannot use both timeZone field and TZ or CRON_TZ in schedule';
    causes.push(invalid(at, schedule, detail));
  } else if (zoned && old?.schedule.includes('TZ') !== true) {
    const detail = 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead';
    causes.push(invalid(at, schedule, detail));
  }
  return causes;
}

function zoneCauses({ timeZone }: CronJobSpec): Cause[] {
  if (timeZone === undefined) return [];
  const at = 'spec.timeZone';
  if (timeZone === '') return [invalid(at, timeZone, 'timeZone must be nil or non-empty string')];
  if (timeZone.toLowerCase() !== 'local') return [];
  return [
    invalid(
      at,
      timeZone,
      'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
    ),
  ];
}

function specCauses(job: CronJob, old: CronJob | undefined, context: RuleContext): Cause[] {
  const { spec } = job;
  const at = 'spec.jobTemplate.spec';
  return [
    ...scheduleCauses(spec, old?.spec),
    ...notNegative('spec.startingDeadlineSeconds', spec.startingDeadlineSeconds),
    ...(old !== undefined && old.spec.timeZone === spec.timeZone ? [] : zoneCauses(spec)),
    ...oneOf('spec.concurrencyPolicy', spec.concurrencyPolicy, policies),
    ...jobSpecCauses(spec.jobTemplate.spec ?? { template: {} }, at, context),
    ...notNegative('spec.successfulJobsHistoryLimit', spec.successfulJobsHistoryLimit),
    ...notNegative('spec.failedJobsHistoryLimit', spec.failedJobsHistoryLimit),
  ];
}

export const cronJobRules: KindRules<CronJob> = {
  defaults: defaultCronJob,
  prepareForCreate: (job) => ({ ...job, status: {} }),
  validate(job, context) {
    const causes = metadataCauses(job.metadata, true, dns1123Subdomain);
    causes.push(...specCauses(job, undefined, context));
    const name = job.metadata.name ?? '';
    if (name.length > NAME_MAX) {
      causes.push(invalid('metadata.name', name, `must be no more than ${NAME_MAX} characters`));
    }
    return causes;
  },
  validateUpdate: (job, old, context) => [
    ...metadataUpdateCauses(job.metadata, old.metadata),
    ...specCauses(job, old, context),
  ],
};
