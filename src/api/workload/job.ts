// Checks of Job (A11). Models pkg/apis/batch/validation/validation.go. Not checked: failure and success policies.
import type { Cause } from '../error.ts';
import { invalid, required, unsupported } from '../field/errors.ts';
import { dns1123Label, dns1123Subdomain } from '../field/names.ts';
import type { RuleContext } from '../kind-rules.ts';
import { immutable, metadataCauses, metadataUpdateCauses } from '../metadata/validation.ts';
import { templateCauses } from '../pod/validation.ts';
import type { Job, JobSpec } from '../types.ts';
import { matchCauses, notNegative } from './template.ts';
import { selectorChange } from './validation.ts';

const modes: readonly string[] = ['NonIndexed', 'Indexed'];
const replacements: readonly string[] = ['Failed', 'TerminatingOrFailed'];
const numbers = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
] as const;
const INDEXED_MAX = 100_000;

function indexedCauses(spec: JobSpec, at: string): Cause[] {
  const { completions, parallelism, maxFailedIndexes } = spec;
  const causes: Cause[] = [];
  if (completions === undefined) {
    causes.push(required(`${at}.completions`, 'when completion mode is Indexed'));
  }
  if (parallelism !== undefined && parallelism > INDEXED_MAX) {
    const detail = `must be less than or equal to ${INDEXED_MAX} when completion mode is Indexed`;
    causes.push(invalid(`${at}.parallelism`, parallelism, detail));
  }
  if (maxFailedIndexes !== undefined && maxFailedIndexes > (completions ?? maxFailedIndexes)) {
    const detail = 'must be less than or equal to completions';
    causes.push(invalid(`${at}.maxFailedIndexes`, maxFailedIndexes, detail));
  }
  return causes;
}

function modeCauses(spec: JobSpec, at: string): Cause[] {
  const { completionMode: mode, backoffLimitPerIndex, maxFailedIndexes } = spec;
  const causes: Cause[] = [];
  if (maxFailedIndexes !== undefined && backoffLimitPerIndex === undefined) {
    causes.push(required(`${at}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'));
  }
  if (mode !== undefined && !modes.includes(mode)) {
    causes.push(unsupported(`${at}.completionMode`, mode, modes));
  }
  if (mode === 'Indexed') return [...causes, ...indexedCauses(spec, at)];
  if (mode !== undefined && mode !== 'NonIndexed') return causes;
  for (const [field, value] of Object.entries({ backoffLimitPerIndex, maxFailedIndexes })) {
    if (value === undefined) continue;
    causes.push(invalid(`${at}.${field}`, value, 'requires indexed completion mode'));
  }
  return causes;
}

function replacementCauses(spec: JobSpec, at: string): Cause[] {
  const value = spec.podReplacementPolicy;
  if (value === undefined) return [];
  const field = `${at}.podReplacementPolicy`;
  if (spec.podFailurePolicy !== undefined && value === 'TerminatingOrFailed') {
    return [unsupported(field, value, ['Failed'])];
  }
  return replacements.includes(value) ? [] : [unsupported(field, value, replacements)];
}

function restartCauses({ template, podFailurePolicy }: JobSpec, at: string): Cause[] {
  const field = `${at}.template.spec.restartPolicy`;
  const policy = template?.spec?.restartPolicy ?? '';
  if (policy === 'Always' || policy === '') {
    return [required(field, 'valid values: "OnFailure", "Never"')];
  }
  if (policy !== 'OnFailure' && policy !== 'Never') {
    return [unsupported(field, policy, ['OnFailure', 'Never'])];
  }
  if (podFailurePolicy === undefined || policy === 'Never') return [];
  return [invalid(field, policy, 'only "Never" is supported when podFailurePolicy is specified')];
}

/** validateJobSpec at `at`, for Jobs and the templates of CronJobs. */
export function jobSpecCauses(spec: JobSpec, at: string, context: RuleContext): Cause[] {
  return [
    ...numbers.flatMap((field) => notNegative(`${at}.${field}`, spec[field])),
    ...modeCauses(spec, at),
    ...replacementCauses(spec, at),
    ...templateCauses(spec.template ?? {}, `${at}.template`, context),
    ...restartCauses(spec, at),
  ];
}

function allCauses({ spec = { template: {} } }: Job, context: RuleContext): Cause[] {
  const causes = jobSpecCauses(spec, 'spec', context);
  const { selector, template = {} } = spec;
  if (selector === undefined) causes.push(required('spec.selector'));
  return [...causes, ...matchCauses(selector, template, context)];
}

export function jobCauses(job: Job, context: RuleContext): Cause[] {
  return [
    ...metadataCauses(job.metadata, true, dns1123Subdomain),
    ...allCauses(job, context),
    ...hostnameCauses(job),
  ];
}

/** The Pods of an Indexed Job have its name and their index for a host name. */
function hostnameCauses({ metadata, spec }: Job): Cause[] {
  const { completionMode, completions = 0 } = spec ?? {};
  if (completionMode !== 'Indexed' || completions === 0) return [];
  const last = `${metadata.name}-${completions - 1}`;
  if (dns1123Label(last).length === 0) return [];
  const detail = `will not able to create pod with invalid DNS label: ${last}`;
  return [invalid('metadata.name', metadata.name, detail)];
}

/** The template is shown as it is in the API, not in Go's internal form as upstream shows it. */
export function jobUpdateCauses(job: Job, old: Job, context: RuleContext): Cause[] {
  const [now, before] = [job.spec, old.spec];
  const causes = metadataUpdateCauses(job.metadata, old.metadata);
  causes.push(...allCauses(job, context));
  if (now?.completionMode === 'Indexed') {
    const { completions, parallelism } = now;
    if (completions !== before?.completions && completions !== parallelism) {
      const detail = 'can only be modified in tandem with spec.parallelism';
      if (completions !== undefined) {
        causes.push(invalid('spec.completions', completions, detail));
      }
    }
  } else {
    causes.push(...immutable('spec.completions', now?.completions, before?.completions));
  }
  causes.push(...selectorChange(now?.selector, before?.selector, context));
  // A suspended Job that never ran may have its template changed.
  const isMutable = before?.suspend === true && old.status?.startTime === undefined;
  if (!isMutable) causes.push(...immutable('spec.template', now?.template, before?.template));
  const fields = [
    'completionMode',
    'podFailurePolicy',
    'backoffLimitPerIndex',
    'managedBy',
    'successPolicy',
  ] as const;
  for (const f of fields) causes.push(...immutable(`spec.${f}`, now?.[f], before?.[f]));
  return causes;
}
