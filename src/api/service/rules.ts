// The Service kind as the API server treats it: defaults, validation, warnings. Allocation of addresses and node
// ports happens between defaulting and validation and is src/apiserver's work.
import type { KindRules } from '../kind-rules.ts';
import type { Service } from '../types.ts';
import { defaultService, prepareServiceUpdate, readService } from './defaults.ts';
import { serviceCauses } from './validation.ts';
import { serviceStatusCauses } from './validation-status.ts';
import { serviceUpdateCauses } from './validation-update.ts';
import { serviceStatusWarnings, serviceWarnings } from './warnings.ts';

export const serviceRules: KindRules<Service> = {
  defaults: defaultService,
  prepareForCreate: (service) => ({ ...service, status: { loadBalancer: {} } }),
  prepareForUpdate: prepareServiceUpdate,
  validate: (service, context) => serviceCauses(service, context),
  validateUpdate: serviceUpdateCauses,
  validateStatus: serviceStatusCauses,
  canonicalize: readService,
  warnings: serviceWarnings,
  statusWarnings: serviceStatusWarnings,
};
