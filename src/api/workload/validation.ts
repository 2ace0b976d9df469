// Checks of Deployment, ReplicaSet, StatefulSet, DaemonSet and Job (A11): selector against template, strategy
// numbers, restart policy, immutable fields. Models pkg/apis/{apps,batch}/validation/validation.go.
import type { Cause } from '../error.ts';
import {
  forbiddenField,
  invalid,
  invalids,
  oneOf,
  required,
  unsupported,
} from '../field/errors.ts';
import { dns1123Label, dns1123Subdomain } from '../field/names.ts';
import {
  immutable,
  metadataCauses,
  metadataUpdateCauses,
  selectorCauses,
} from '../metadata/validation.ts';
import { templateCauses } from '../pod/validation.ts';
import type {
  DaemonSet,
  Deployment,
  DeploymentSpec,
  IntOrString,
  Job,
  LabelSelector,
  PodTemplateSpec,
  ReplicaSet,
  StatefulSet,
} from '../types.ts';
import { isUnset, sameValue, without } from '../values.ts';

const TEMPLATE = 'spec.template';
const NOT_NEGATIVE = 'must be greater than or equal to 0';

function notNegative(field: string, value: number | undefined): Cause[] {
  return value !== undefined && value < 0 ? [invalid(field, value, NOT_NEGATIVE)] : [];
}

/** Whether labels meet a selector with expressions. */
export function selects(
  selector: LabelSelector,
  labels: Readonly<Record<string, string>> = {},
): boolean {
  for (const key in selector.matchLabels) {
    if (labels[key] !== selector.matchLabels[key]) return false;
  }
  return (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const value = labels[key];
    switch (operator) {
      case 'In':
        return value !== undefined && values.includes(value);
      case 'NotIn':
        return value === undefined || !values.includes(value);
      case 'Exists':
        return value !== undefined;
      case 'DoesNotExist':
        return value === undefined;
      default:
        return false;
    }
  });
}

function isEmpty(selector: LabelSelector): boolean {
  return (
    Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0
  );
}

/** Selector, its match with the template, the template, and a restart policy of Always. */
function workloadCauses(
  selector: LabelSelector | undefined,
  template: PodTemplateSpec | undefined,
  what: string,
): Cause[] {
  const causes: Cause[] = [];
  if (selector === undefined) causes.push(required('spec.selector'));
  else {
    causes.push(...selectorCauses(selector, 'spec.selector'));
    if (isEmpty(selector)) {
      const detail = `empty selector is invalid for ${what}`;
      causes.push(invalid('spec.selector', selector, detail));
    }
  }
  if (template === undefined) return [...causes, required(TEMPLATE)];
  const labels = template.metadata?.labels;
  if (selector !== undefined && !isEmpty(selector) && !selects(selector, labels)) {
    const detail = '`selector` does not match template `labels`';
    causes.push(invalid(`${TEMPLATE}.metadata.labels`, labels ?? null, detail));
  }
  causes.push(...templateCauses(template, TEMPLATE));
  const policy = template.spec?.restartPolicy;
  if (policy !== 'Always') {
    causes.push(unsupported(`${TEMPLATE}.spec.restartPolicy`, policy ?? '', ['Always']));
  }
  return causes;
}

/** Whether a number or a percentage is zero. */
function isZero(value: IntOrString | undefined): boolean {
  return value === undefined || value === 0 || value === '0%';
}

/** ValidatePositiveIntOrPercent. */
export function intOrPercent(field: string, value: IntOrString | undefined): Cause[] {
  if (typeof value === 'number') return notNegative(field, value);
  if (value === undefined || /^\d+%$/.test(value)) return [];
  const detail =
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";
  return [invalid(field, value, detail)];
}

function strategyCauses({ strategy }: DeploymentSpec): Cause[] {
  const at = 'spec.strategy';
  if (strategy === undefined) return [];
  const { type, rollingUpdate } = strategy;
  if (type === 'Recreate') {
    if (rollingUpdate === undefined) return [];
    const detail = "may not be specified when strategy `type` is 'Recreate'";
    return [forbiddenField(`${at}.rollingUpdate`, detail)];
  }
  if (type !== 'RollingUpdate') return oneOf(`${at}.type`, type, ['Recreate', 'RollingUpdate']);
  const unavailable = `${at}.rollingUpdate.maxUnavailable`;
  const causes = [
    ...intOrPercent(unavailable, rollingUpdate?.maxUnavailable),
    ...intOrPercent(`${at}.rollingUpdate.maxSurge`, rollingUpdate?.maxSurge),
  ];
  if (isZero(rollingUpdate?.maxUnavailable) && isZero(rollingUpdate?.maxSurge)) {
    const detail = 'may not be 0 when `maxSurge` is 0';
    causes.push(invalid(unavailable, rollingUpdate?.maxUnavailable, detail));
  }
  return causes;
}

function deploymentSpecCauses({ spec }: Deployment): Cause[] {
  const causes = notNegative('spec.replicas', spec.replicas);
  causes.push(...workloadCauses(spec.selector, spec.template, 'deployment'));
  causes.push(...strategyCauses(spec));
  causes.push(...notNegative('spec.minReadySeconds', spec.minReadySeconds));
  causes.push(...notNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit));
  const deadline = spec.progressDeadlineSeconds ?? 0;
  causes.push(...notNegative('spec.progressDeadlineSeconds', deadline));
  if (deadline <= (spec.minReadySeconds ?? 0)) {
    const detail = 'must be greater than minReadySeconds';
    causes.push(invalid('spec.progressDeadlineSeconds', deadline, detail));
  }
  return causes;
}

export function deploymentCauses(deployment: Deployment): Cause[] {
  return [
    ...metadataCauses(deployment.metadata, true, dns1123Subdomain),
    ...deploymentSpecCauses(deployment),
  ];
}

export function deploymentUpdateCauses(deployment: Deployment, old: Deployment): Cause[] {
  return [
    ...metadataUpdateCauses(deployment.metadata, old.metadata),
    ...deploymentSpecCauses(deployment),
    ...immutable('spec.selector', deployment.spec.selector, old.spec.selector),
  ];
}

function replicaSetSpecCauses({ spec }: ReplicaSet): Cause[] {
  return [
    ...notNegative('spec.replicas', spec?.replicas),
    ...notNegative('spec.minReadySeconds', spec?.minReadySeconds),
    ...workloadCauses(spec?.selector, spec?.template, 'deployment'),
  ];
}

export function replicaSetCauses(set: ReplicaSet): Cause[] {
  return [...metadataCauses(set.metadata, true, dns1123Subdomain), ...replicaSetSpecCauses(set)];
}

export function replicaSetUpdateCauses(set: ReplicaSet, old: ReplicaSet): Cause[] {
  return [
    ...metadataUpdateCauses(set.metadata, old.metadata),
    ...replicaSetSpecCauses(set),
    ...immutable('spec.selector', set.spec?.selector, old.spec?.selector),
  ];
}

function statefulSetSpecCauses({ spec }: StatefulSet): Cause[] {
  const causes = [
    ...oneOf('spec.podManagementPolicy', spec?.podManagementPolicy, ['OrderedReady', 'Parallel']),
    ...oneOf('spec.updateStrategy', spec?.updateStrategy?.type, ['RollingUpdate', 'OnDelete']),
    ...notNegative('spec.replicas', spec?.replicas),
  ];
  if (!isUnset(spec?.serviceName)) {
    causes.push(...invalids('spec.serviceName', spec.serviceName, dns1123Label(spec.serviceName)));
  }
  causes.push(...workloadCauses(spec?.selector, spec?.template, 'statefulset'));
  return causes;
}

export function statefulSetCauses(set: StatefulSet): Cause[] {
  return [...metadataCauses(set.metadata, true, dns1123Label), ...statefulSetSpecCauses(set)];
}

const STATEFUL_CHANGES =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

function fixedPart(set: StatefulSet): unknown {
  if (set.spec === undefined) return undefined;
  return without(
    set.spec,
    'replicas',
    'ordinals',
    'template',
    'updateStrategy',
    'revisionHistoryLimit',
    'persistentVolumeClaimRetentionPolicy',
    'minReadySeconds',
  );
}

export function statefulSetUpdateCauses(set: StatefulSet, old: StatefulSet): Cause[] {
  const causes = metadataUpdateCauses(set.metadata, old.metadata);
  causes.push(...statefulSetSpecCauses(set));
  if (!sameValue(fixedPart(set), fixedPart(old))) {
    causes.push(forbiddenField('spec', STATEFUL_CHANGES));
  }
  return causes;
}

function daemonSetSpecCauses({ spec }: DaemonSet): Cause[] {
  const causes = workloadCauses(spec?.selector, spec?.template, 'daemonset');
  const rolling = spec?.updateStrategy?.rollingUpdate;
  if (spec?.updateStrategy?.type === 'RollingUpdate') {
    if (isZero(rolling?.maxUnavailable) && isZero(rolling?.maxSurge)) {
      const at = 'spec.updateStrategy.rollingUpdate.maxUnavailable';
      const detail = 'cannot be 0 when maxSurge is 0';
      causes.push(invalid(at, rolling?.maxUnavailable, detail));
    }
  }
  return causes;
}

export function daemonSetCauses(set: DaemonSet): Cause[] {
  return [...metadataCauses(set.metadata, true, dns1123Subdomain), ...daemonSetSpecCauses(set)];
}

export function daemonSetUpdateCauses(set: DaemonSet, old: DaemonSet): Cause[] {
  return [
    ...metadataUpdateCauses(set.metadata, old.metadata),
    ...daemonSetSpecCauses(set),
    ...immutable('spec.selector', set.spec?.selector, old.spec?.selector),
  ];
}

export function jobCauses(job: Job): Cause[] {
  const causes = metadataCauses(job.metadata, true, dns1123Subdomain);
  causes.push(...notNegative('spec.parallelism', job.spec?.parallelism));
  causes.push(...notNegative('spec.completions', job.spec?.completions));
  causes.push(...templateCauses(job.spec?.template ?? {}, TEMPLATE));
  const policy = job.spec?.template.spec?.restartPolicy ?? '';
  if (policy === 'Always') {
    causes.push(required(`${TEMPLATE}.spec.restartPolicy`, 'valid values: "OnFailure", "Never"'));
  } else if (policy !== 'OnFailure' && policy !== 'Never') {
    causes.push(unsupported(`${TEMPLATE}.spec.restartPolicy`, policy, ['OnFailure', 'Never']));
  }
  return causes;
}
