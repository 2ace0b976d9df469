// The CNI profiles that exist, by the name that `cni.profile` of a Cluster document takes.
import { type CniProfileName, isCniProfile } from '../api/cni-profiles.table.ts';
import { InputError } from '../api/input-error.ts';
import { byCodeUnit } from '../sim/table.ts';
import { awsVpc } from './aws-vpc.ts';
import { bridge } from './bridge.ts';
import { calico } from './calico.ts';
import { flannel } from './flannel.ts';
import type { CniProfile } from './profile.ts';
import { ptp } from './ptp.ts';

export const profiles: Readonly<Record<CniProfileName, CniProfile>> = {
  'aws-vpc': awsVpc,
  bridge,
  calico,
  flannel,
  ptp,
};

/** The profile of that name; InputError not-modelled when there is none. */
export function profileNamed(name: string): CniProfile {
  if (isCniProfile(name)) return profiles[name];
  const known = Object.keys(profiles).sort(byCodeUnit).join(', ');
  throw new InputError('not-modelled', `cni profile "${name}" is not modelled`, {
    hint: `profiles: ${known}`,
  });
}
