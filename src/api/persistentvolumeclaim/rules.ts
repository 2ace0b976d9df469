// PersistentVolumeClaim: its defaults, on its own or as a StatefulSet's template, and the status it begins with. Models
// SetDefaults_PersistentVolumeClaim of pkg/apis/core/v1/defaults.go and the strategy's PrepareForCreate. Nothing is validated
// but the metadata, as of kinds without rules, and nothing binds a claim.
import type { KindRules } from '../kind-rules.ts';
import type { PersistentVolumeClaim } from '../types.ts';

export function defaultClaim(claim: PersistentVolumeClaim): PersistentVolumeClaim {
  const { spec, status } = claim;
  return {
    ...claim,
    spec: { ...spec, volumeMode: spec?.volumeMode ?? 'Filesystem' },
    status: { ...status, phase: status?.phase ?? 'Pending' },
  };
}

export const persistentVolumeClaimRules: KindRules<PersistentVolumeClaim> = {
  defaults: defaultClaim,
  prepareForCreate: (claim) => ({ ...claim, status: { phase: 'Pending' } }),
};
