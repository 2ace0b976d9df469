// The Pod kind as the API server treats it.
import type { KindRules } from '../kind-rules.ts';
import type { Pod } from '../types.ts';
import { admitPod, defaultPod } from './defaults.ts';
import { podCauses } from './validation.ts';
import { podUpdateCauses } from './validation-update.ts';

export const podRules: KindRules<Pod> = {
  defaults: defaultPod,
  prepareForCreate: admitPod,
  validate: podCauses,
  validateUpdate: podUpdateCauses,
};
