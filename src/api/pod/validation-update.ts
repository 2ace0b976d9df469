// What a Pod may change (A11): images, a shorter deadline, more tolerations. Models ValidatePodUpdate; the diff in Go
// syntax that upstream appends to its message is not modelled.
import type { Cause } from '../error.ts';
import { forbiddenField, invalid, required } from '../field/errors.ts';
import type { RuleContext } from '../kind-rules.ts';
import { metadataUpdateCauses } from '../metadata/validation.ts';
import type { Container, Pod, PodSpec } from '../types.ts';
import { isUnset, sameValue, without } from '../values.ts';
import { tolerationCauses } from './scheduling.ts';
import { podBodyCauses } from './validation.ts';

const CHANGES =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** Undefined: containers came or went, and nothing more is said. */
function imageCauses(
  now: readonly Container[],
  old: readonly Container[],
  at: string,
): readonly Cause[] | undefined {
  if (now.length !== old.length) return undefined;
  return now.flatMap(({ image = '' }, i) => {
    if (image === '') return [required(`${at}[${i}].image`)];
    if (image.trim() === image) return [];
    const detail = 'must not have leading or trailing whitespace';
    return [invalid(`${at}[${i}].image`, image, detail)];
  });
}

const SECONDS_MAX = 2147483647;

function deadlineCauses(now: number | undefined, old: number | undefined): Cause[] {
  const at = 'spec.activeDeadlineSeconds';
  if (now === undefined) {
    if (old === undefined) return [];
    return [invalid(at, undefined, 'must not update from a positive integer to nil value')];
  }
  if (now < 0 || now > SECONDS_MAX) {
    return [invalid(at, now, `must be between 0 and ${SECONDS_MAX}, inclusive`)];
  }
  if (old === undefined || old >= now) return [];
  return [invalid(at, now, 'must be less than or equal to previous value')];
}

function addedTolerationCauses(now: PodSpec, old: PodSpec): Cause[] {
  const given = (now.tolerations ?? []).map((one) => without(one, 'tolerationSeconds'));
  const kept = (old.tolerations ?? []).every((one) => {
    const bare = without(one, 'tolerationSeconds');
    return given.some((other) => sameValue(other, bare));
  });
  if (kept) return tolerationCauses(now.tolerations ?? [], 'spec.tolerations');
  const detail = 'existing toleration can not be modified except its tolerationSeconds';
  return [forbiddenField('spec.tolerations', detail)];
}

/** Gates are taken away one by one, never added. */
function gateCauses({ schedulingGates = [] }: PodSpec, old: PodSpec): Cause[] {
  const known = new Set(old.schedulingGates?.map((gate) => gate.name));
  return schedulingGates.flatMap(({ name }, i) => {
    const detail = `only deletion is allowed, but found new scheduling gate '${name}'`;
    return known.has(name) ? [] : [forbiddenField(`spec.schedulingGates[${i}].name`, detail)];
  });
}

/** The spec without what may change; a node is set once, by binding. `other`: what shares its lists need no look. */
function fixedPart(spec: PodSpec, other: PodSpec, isBinding: boolean): unknown {
  const images = (field: 'containers' | 'initContainers') =>
    spec[field] === other[field] ? [] : (spec[field] ?? []).map((one) => without(one, 'image'));
  return {
    ...without(spec, 'activeDeadlineSeconds', 'tolerations', 'schedulingGates'),
    containers: images('containers'),
    initContainers: images('initContainers'),
    nodeName: isBinding || isUnset(spec.nodeName) ? undefined : spec.nodeName,
  };
}

/** ValidatePodUpdate. */
export function podUpdateCauses(pod: Pod, old: Pod, context: RuleContext): Cause[] {
  const causes = metadataUpdateCauses(pod.metadata, old.metadata);
  causes.push(...podBodyCauses(pod, context));
  if (pod.spec === old.spec) return causes;
  for (const field of ['containers', 'initContainers'] as const) {
    const at = `spec.${field}`;
    const found = imageCauses(pod.spec[field] ?? [], old.spec[field] ?? [], at);
    if (found === undefined) {
      causes.push(forbiddenField(at, 'pod updates may not add or remove containers'));
      return causes;
    }
    causes.push(...found);
  }
  const { activeDeadlineSeconds: before } = old.spec;
  const deadline = deadlineCauses(pod.spec.activeDeadlineSeconds, before);
  causes.push(...deadline);
  if (deadline.length > 0 && pod.spec.activeDeadlineSeconds !== undefined) return causes;
  causes.push(...addedTolerationCauses(pod.spec, old.spec), ...gateCauses(pod.spec, old.spec));
  const isBinding = isUnset(old.spec.nodeName);
  const grace = old.spec.terminationGracePeriodSeconds ?? 0;
  const allowed = grace < 0 && pod.spec.terminationGracePeriodSeconds === 1;
  const now = allowed ? { ...pod.spec, terminationGracePeriodSeconds: grace } : pod.spec;
  if (!sameValue(fixedPart(now, old.spec, isBinding), fixedPart(old.spec, now, isBinding))) {
    causes.push(forbiddenField('spec', CHANGES));
  }
  return causes;
}
