// The CNI profiles that exist, by the name that `cni.profile` of a Cluster document takes.
import { InputError } from '../api/input-error.ts';
import { byCodeUnit } from '../sim/table.ts';
import { bridge } from './bridge.ts';
import type { CniProfile } from './profile.ts';

export const profiles: Readonly<Record<string, CniProfile>> = { bridge };

/** The profile of that name; InputError not-modelled when there is none. */
export function profileNamed(name: string): CniProfile {
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (profile !== undefined) return profile;
  const known = Object.keys(profiles).sort(byCodeUnit).join(', ');
  throw new InputError('not-modelled', `cni profile "${name}" is not modelled`, {
    hint: `profiles: ${known}`,
  });
}
