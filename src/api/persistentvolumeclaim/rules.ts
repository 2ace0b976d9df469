// PersistentVolumeClaim: its defaults, on its own or as a StatefulSet's template, the status it begins with, what it must
// ask for and what may change. Models SetDefaults_PersistentVolumeClaim, ValidatePersistentVolumeClaim[Update] and the
// strategy. Not here: data sources, selectors, class names and upstream's diff in Go syntax; nothing binds a claim.
import type { Cause } from '../error.ts';
import { forbiddenField, invalid, oneOf, required } from '../field/errors.ts';
import { dns1123Subdomain } from '../field/names.ts';
import { canonicalQuantity, compareQuantities, parseQuantity } from '../field/quantity.ts';
import type { KindRules } from '../kind-rules.ts';
import { metadataCauses, metadataUpdateCauses } from '../metadata/validation.ts';
import type { PersistentVolumeClaim } from '../types.ts';
import { isUnset, sameValue } from '../values.ts';

const ONE_POD = 'ReadWriteOncePod';
const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', ONE_POD];
const FROZEN =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

export function defaultClaim(claim: PersistentVolumeClaim): PersistentVolumeClaim {
  const { spec, status } = claim;
  return {
    ...claim,
    spec: { ...spec, volumeMode: spec?.volumeMode ?? 'Filesystem' },
    status: { ...status, phase: status?.phase ?? 'Pending' },
  };
}

/** Whether the first quantity is below the second. */
function isLess(a: string | undefined, b: string | undefined): boolean {
  const [left, right] = [parseQuantity(a ?? '0'), parseQuantity(b ?? '0')];
  return left !== undefined && right !== undefined && compareQuantities(left, right) < 0;
}

function specCauses({ spec = {} }: PersistentVolumeClaim): Cause[] {
  const modes = spec.accessModes ?? [];
  const causes: Cause[] = [];
  if (modes.length === 0) {
    causes.push(required('spec.accessModes', 'at least 1 access mode is required'));
  }
  causes.push(...modes.flatMap((mode) => oneOf('spec.accessModes', mode, accessModes)));
  if (modes.includes(ONE_POD) && modes.length > 1) {
    const text = `may not use ${ONE_POD} with other access modes`;
    causes.push(forbiddenField('spec.accessModes', text));
  }
  const storage = spec.resources?.requests?.['storage'];
  if (storage === undefined) causes.push(required('spec.resources[storage]'));
  else if (!isLess('0', storage)) {
    const text = 'must be greater than zero';
    causes.push(invalid('spec.resources[storage]', canonicalQuantity(storage), text));
  }
  return [...causes, ...oneOf('spec.volumeMode', spec.volumeMode, ['Block', 'Filesystem'])];
}

function changeCauses(now: PersistentVolumeClaim, old: PersistentVolumeClaim): Cause[] {
  const { status } = old;
  let free = { ...now.spec };
  if (isUnset(old.spec?.volumeName)) {
    const { volumeName: _, ...rest } = free;
    free = old.spec?.volumeName === undefined ? rest : { ...rest, volumeName: '' };
  }
  if (status?.phase === 'Bound' && old.spec?.resources?.requests !== undefined) {
    free = { ...free, resources: { ...free.resources, requests: old.spec.resources.requests } };
    if (free.volumeAttributesClassName !== old.spec.volumeAttributesClassName) {
      const { volumeAttributesClassName: _, ...rest } = free;
      const { volumeAttributesClassName: kept } = old.spec;
      free = kept === undefined ? rest : { ...rest, volumeAttributesClassName: kept };
    }
  }
  const causes = sameValue(free, old.spec) ? [] : [forbiddenField('spec', FROZEN)];
  const wanted = now.spec?.resources?.requests?.['storage'];
  const held = status?.capacity?.['storage'];
  if (isLess(wanted, old.spec?.resources?.requests?.['storage']) && !isLess(held, wanted)) {
    const text = 'field can not be less than status.capacity';
    causes.push(forbiddenField('spec.resources.requests.storage', text));
  }
  return causes;
}

export const persistentVolumeClaimRules: KindRules<PersistentVolumeClaim> = {
  defaults: defaultClaim,
  prepareForCreate: (claim) => ({ ...claim, status: { phase: 'Pending' } }),
  validate: (claim) => [
    ...metadataCauses(claim.metadata, true, dns1123Subdomain),
    ...specCauses(claim),
  ],
  validateUpdate: (claim, old) => [
    ...metadataUpdateCauses(claim.metadata, old.metadata),
    ...specCauses(claim),
    ...changeCauses(claim, old),
  ],
};
