// Lease (A11): its two numbers. Models pkg/apis/coordination/validation/validation.go. Not checked: strategies.
import type { Cause } from '../error.ts';
import { invalid } from '../field/errors.ts';
import { dns1123Subdomain } from '../field/names.ts';
import type { KindRules } from '../kind-rules.ts';
import { metadataCauses, metadataUpdateCauses } from '../metadata/validation.ts';
import type { Lease } from '../types.ts';

function specCauses({ spec }: Lease): Cause[] {
  const { leaseDurationSeconds: seconds, leaseTransitions: transitions } = spec ?? {};
  const causes: Cause[] = [];
  if (seconds !== undefined && seconds <= 0) {
    causes.push(invalid('spec.leaseDurationSeconds', seconds, 'must be greater than 0'));
  }
  if (transitions !== undefined && transitions < 0) {
    const detail = 'must be greater than or equal to 0';
    causes.push(invalid('spec.leaseTransitions', transitions, detail));
  }
  return causes;
}

export const leaseRules: KindRules<Lease> = {
  validate: (lease) => [
    ...metadataCauses(lease.metadata, true, dns1123Subdomain),
    ...specCauses(lease),
  ],
  validateUpdate: (lease, old) => [
    ...metadataUpdateCauses(lease.metadata, old.metadata),
    ...specCauses(lease),
  ],
};
