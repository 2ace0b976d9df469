// Checks of StatefulSet and DaemonSet (A11). Models pkg/apis/apps/validation/validation.go. Volume claim templates are
// not looked into.
import type { Cause } from '../error.ts';
import { forbiddenField, invalid, invalidShown, invalids, required } from '../field/errors.ts';
import { dns1123Label, dns1123Subdomain } from '../field/names.ts';
import { shownIntOrString, shownSelector } from '../field/shown.ts';
import type { RuleContext } from '../kind-rules.ts';
import { metadataCauses, metadataUpdateCauses, selectorCauses } from '../metadata/validation.ts';
import { templateCauses } from '../pod/validation.ts';
import type { DaemonSet, PodTemplateSpec, StatefulSet, StatefulSetSpec, Volume } from '../types.ts';
import { isUnset, sameValue, without } from '../values.ts';
import {
  alwaysCauses,
  alwaysTemplate,
  intOrPercent,
  isEmpty,
  isZero,
  matchCauses,
  notMoreThanAll,
  notNegative,
  requiredSelector,
  TEMPLATE,
} from './template.ts';
import { selectorChange } from './validation.ts';

/** An internal struct inside a message, its second field a pointer that is nil. */
function shownStrategy(type: string, kind: string, minor: number): string {
  const name = JSON.stringify(type);
  return minor >= 34
    ? `{"Type":${name},"RollingUpdate":null}`
    : `apps.${kind}UpdateStrategy{Type:${name}, RollingUpdate:(*apps.RollingUpdate${kind}Strategy)(nil)}`;
}

function policyCauses(spec: StatefulSetSpec, minor: number): Cause[] {
  const causes: Cause[] = [];
  const policy = spec.podManagementPolicy;
  const at = 'spec.podManagementPolicy';
  if (isUnset(policy)) causes.push(required(at));
  else if (policy !== 'OrderedReady' && policy !== 'Parallel') {
    causes.push(invalid(at, policy, "must be 'OrderedReady' or 'Parallel'"));
  }
  const { type, rollingUpdate } = spec.updateStrategy ?? {};
  if (isUnset(type)) causes.push(required('spec.updateStrategy'));
  else if (type === 'RollingUpdate') {
    const { partition, maxUnavailable } = rollingUpdate ?? {};
    causes.push(...notNegative('spec.updateStrategy.rollingUpdate.partition', partition));
    const field = 'spec.updateStrategy.rollingUpdate.maxUnavailable';
    if (maxUnavailable !== undefined) causes.push(...intOrPercent(field, maxUnavailable, minor));
  } else if (type !== 'OnDelete') {
    const value = shownStrategy(type, 'StatefulSet', minor);
    const detail = "must be 'RollingUpdate' or 'OnDelete'";
    causes.push(invalidShown('spec.updateStrategy', value, detail));
  }
  return causes;
}

/** The template as its Pods will be: named by the controller, with the claims as volumes. */
function identified(spec: StatefulSetSpec): PodTemplateSpec {
  const { template = {}, volumeClaimTemplates = [] } = spec;
  if (template.spec === undefined) return template;
  const claims = volumeClaimTemplates.map(
    ({ metadata }): Volume => ({
      name: metadata?.name ?? '',
      persistentVolumeClaim: { claimName: metadata?.name ?? '' },
    }),
  );
  const names = claims.map(({ name }) => name);
  const others = (template.spec.volumes ?? []).filter(({ name }) => !names.includes(name));
  const pod = without(template.spec, 'hostname', 'subdomain');
  return { ...template, spec: { ...pod, volumes: [...claims, ...others] } };
}

function statefulSetSpecCauses(
  { spec }: StatefulSet,
  context: RuleContext,
  isUpdate: boolean,
): Cause[] {
  if (spec === undefined) return [required('spec.podManagementPolicy')];
  const { selector, template = {}, serviceName } = spec;
  const causes = [
    ...policyCauses(spec, context.minor),
    ...notNegative('spec.replicas', spec.replicas),
    ...notNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...notNegative('spec.ordinals.start', spec.ordinals?.start),
  ];
  if (!isUpdate && !isUnset(serviceName)) {
    causes.push(...invalids('spec.serviceName', serviceName, dns1123Label(serviceName)));
  }
  const found = requiredSelector(selector, 'statefulset', context, '');
  causes.push(...found.causes);
  if (found.isReadable) {
    if (selector === undefined || !isEmpty(selector)) {
      causes.push(...matchCauses(selector, template, context));
    }
    causes.push(...templateCauses(identified(spec), TEMPLATE, context));
  }
  return [...causes, ...alwaysCauses(template, 'StatefulSet')];
}

export function statefulSetCauses(set: StatefulSet, context: RuleContext): Cause[] {
  return [
    ...metadataCauses(set.metadata, true, dns1123Label),
    ...statefulSetSpecCauses(set, context, false),
  ];
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

export function statefulSetUpdateCauses(
  set: StatefulSet,
  old: StatefulSet,
  context: RuleContext,
): Cause[] {
  const causes = metadataUpdateCauses(set.metadata, old.metadata);
  causes.push(...statefulSetSpecCauses(set, context, true));
  if (!sameValue(fixedPart(set), fixedPart(old))) {
    causes.push(forbiddenField('spec', STATEFUL_CHANGES));
  }
  return causes;
}

function daemonStrategyCauses({ spec }: DaemonSet, minor: number): Cause[] {
  const at = 'spec.updateStrategy';
  const { type = '', rollingUpdate } = spec?.updateStrategy ?? {};
  if (type === 'OnDelete') return [];
  if (type !== 'RollingUpdate') {
    const value = shownStrategy(type, 'DaemonSet', minor).replace('SetStrategy)', 'Set)');
    const text = `Unsupported value: ${value}: supported values: "RollingUpdate", "OnDelete"`;
    return [{ field: at, text }];
  }
  if (rollingUpdate === undefined) return [required(`${at}.rollingUpdate`)];
  const { maxUnavailable, maxSurge } = rollingUpdate;
  const [unavailable, surge] = ['maxUnavailable', 'maxSurge'].map(
    (f) => `${at}.rollingUpdate.${f}`,
  );
  const causes = [
    ...intOrPercent(unavailable ?? '', maxUnavailable, minor),
    ...intOrPercent(surge ?? '', maxSurge, minor),
    ...notMoreThanAll(unavailable ?? '', maxUnavailable, minor),
    ...notMoreThanAll(surge ?? '', maxSurge, minor),
  ];
  if (isZero(maxUnavailable) && isZero(maxSurge)) {
    causes.push(required(unavailable ?? '', 'cannot be 0 when maxSurge is 0'));
  } else if (!isZero(maxUnavailable) && !isZero(maxSurge)) {
    const detail = 'may not be set when maxUnavailable is non-zero';
    causes.push(invalidShown(surge ?? '', shownIntOrString(maxSurge, minor), detail));
  }
  return causes;
}

function daemonSetSpecCauses(set: DaemonSet, context: RuleContext): Cause[] {
  const { selector, template = {}, minReadySeconds, revisionHistoryLimit } = set.spec ?? {};
  const causes = selectorCauses(selector, 'spec.selector');
  const empty = selector !== undefined && isEmpty(selector);
  if (causes.length === 0 && !empty) causes.push(...matchCauses(selector, template, context));
  if (empty) {
    const value = shownSelector(selector, context.minor);
    const detail = 'empty selector is invalid for daemonset';
    causes.push(invalidShown('spec.selector', value, detail));
  }
  return [
    ...causes,
    ...alwaysTemplate(template, 'DaemonSet', context),
    ...notNegative('spec.minReadySeconds', minReadySeconds),
    ...daemonStrategyCauses(set, context.minor),
    ...notNegative('spec.revisionHistoryLimit', revisionHistoryLimit),
  ];
}

export function daemonSetCauses(set: DaemonSet, context: RuleContext): Cause[] {
  return [
    ...metadataCauses(set.metadata, true, dns1123Subdomain),
    ...daemonSetSpecCauses(set, context),
  ];
}

export function daemonSetUpdateCauses(
  set: DaemonSet,
  old: DaemonSet,
  context: RuleContext,
): Cause[] {
  return [
    ...metadataUpdateCauses(set.metadata, old.metadata),
    ...selectorChange(set.spec?.selector, old.spec?.selector, context),
    ...daemonSetSpecCauses(set, context),
  ];
}
