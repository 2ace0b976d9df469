// Checks of Deployment and ReplicaSet (A11). Models pkg/apis/apps/validation/validation.go.
import type { Cause } from '../error.ts';
import { forbiddenField, IMMUTABLE, invalid, invalidShown, required } from '../field/errors.ts';
import { dns1123Subdomain } from '../field/names.ts';
import { shownIntOrString, shownSelector } from '../field/shown.ts';
import type { RuleContext } from '../kind-rules.ts';
import { metadataCauses, metadataUpdateCauses } from '../metadata/validation.ts';
import type {
  Deployment,
  DeploymentSpec,
  LabelSelector,
  PodTemplateSpec,
  ReplicaSet,
} from '../types.ts';
import { sameValue } from '../values.ts';
import {
  alwaysTemplate,
  intOrPercent,
  isEmpty,
  isZero,
  matchCauses,
  notMoreThanAll,
  notNegative,
  requiredSelector,
} from './template.ts';

/** A selector that may not change. */
export function selectorChange(
  now: LabelSelector | undefined,
  old: LabelSelector | undefined,
  { minor }: RuleContext,
): Cause[] {
  if (sameValue(now, old)) return [];
  return [invalidShown('spec.selector', shownSelector(now, minor), IMMUTABLE)];
}

function replicaTemplate(
  selector: LabelSelector | undefined,
  template: PodTemplateSpec = {},
  context: RuleContext,
): Cause[] {
  const { causes, isReadable } = requiredSelector(
    selector,
    'deployment',
    context,
    'invalid label selector',
  );
  if (!isReadable) return causes;
  if (selector === undefined || !isEmpty(selector)) {
    causes.push(...matchCauses(selector, template, context));
  }
  return [...causes, ...alwaysTemplate(template, 'ReplicaSet', context)];
}

function strategyCauses({ strategy = {} }: DeploymentSpec, minor: number): Cause[] {
  const at = 'spec.strategy';
  const { type = '', rollingUpdate } = strategy;
  if (type === 'Recreate') {
    if (rollingUpdate === undefined) return [];
    const detail = "may not be specified when strategy `type` is 'Recreate'";
    return [forbiddenField(`${at}.rollingUpdate`, detail)];
  }
  if (type !== 'RollingUpdate') {
    const value =
      minor >= 34
        ? `{"Type":${JSON.stringify(type)},"RollingUpdate":null}`
        : `apps.DeploymentStrategy{Type:${JSON.stringify(type)}, RollingUpdate:(*apps.RollingUpdateDeployment)(nil)}`;
    const text = `Unsupported value: ${value}: supported values: "Recreate", "RollingUpdate"`;
    return [{ field: at, text }];
  }
  const rolling = `${at}.rollingUpdate`;
  if (rollingUpdate === undefined) {
    return [required(rolling, 'this should be defaulted and never be nil')];
  }
  const { maxUnavailable, maxSurge } = rollingUpdate;
  const unavailable = `${rolling}.maxUnavailable`;
  const causes = [
    ...intOrPercent(unavailable, maxUnavailable, minor),
    ...intOrPercent(`${rolling}.maxSurge`, maxSurge, minor),
  ];
  if (isZero(maxUnavailable) && isZero(maxSurge)) {
    const value = shownIntOrString(maxUnavailable, minor);
    causes.push(invalidShown(unavailable, value, 'may not be 0 when `maxSurge` is 0'));
  }
  return [...causes, ...notMoreThanAll(unavailable, maxUnavailable, minor)];
}

function deploymentSpecCauses({ spec }: Deployment, context: RuleContext): Cause[] {
  const deadline = spec.progressDeadlineSeconds;
  const at = 'spec.progressDeadlineSeconds';
  const causes = [
    ...notNegative('spec.replicas', spec.replicas),
    ...replicaTemplate(spec.selector, spec.template, context),
    ...strategyCauses(spec, context.minor),
    ...notNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...notNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
    ...notNegative(at, deadline),
  ];
  if (deadline !== undefined && deadline <= (spec.minReadySeconds ?? 0)) {
    causes.push(invalid(at, deadline, 'must be greater than minReadySeconds'));
  }
  return causes;
}

export function deploymentCauses(deployment: Deployment, context: RuleContext): Cause[] {
  return [
    ...metadataCauses(deployment.metadata, true, dns1123Subdomain),
    ...deploymentSpecCauses(deployment, context),
  ];
}

export function deploymentUpdateCauses(
  deployment: Deployment,
  old: Deployment,
  context: RuleContext,
): Cause[] {
  return [
    ...metadataUpdateCauses(deployment.metadata, old.metadata),
    ...deploymentSpecCauses(deployment, context),
    ...selectorChange(deployment.spec.selector, old.spec.selector, context),
  ];
}

function replicaSetSpecCauses({ spec }: ReplicaSet, context: RuleContext): Cause[] {
  return [
    ...notNegative('spec.replicas', spec?.replicas),
    ...notNegative('spec.minReadySeconds', spec?.minReadySeconds),
    ...replicaTemplate(spec?.selector, spec?.template, context),
  ];
}

export function replicaSetCauses(set: ReplicaSet, context: RuleContext): Cause[] {
  return [
    ...metadataCauses(set.metadata, true, dns1123Subdomain),
    ...replicaSetSpecCauses(set, context),
  ];
}

export function replicaSetUpdateCauses(
  set: ReplicaSet,
  old: ReplicaSet,
  context: RuleContext,
): Cause[] {
  return [
    ...metadataUpdateCauses(set.metadata, old.metadata),
    ...replicaSetSpecCauses(set, context),
    ...selectorChange(set.spec?.selector, old.spec?.selector, context),
  ];
}
