// The names that `cni.profile` of a Cluster document takes, and what of a profile the document's own checks must know.
// What the profiles do stands in src/cni, one file each.

export interface CniProfileRow {
  /** Pods and nodes may have addresses of one range: node ranges are not handed out. */
  readonly sharesNodeRange: boolean;
}

export const cniProfiles = {
  'aws-vpc': { sharesNodeRange: true },
  bridge: { sharesNodeRange: false },
  calico: { sharesNodeRange: false },
  flannel: { sharesNodeRange: false },
  ptp: { sharesNodeRange: false },
} as const satisfies Readonly<Record<string, CniProfileRow>>;

export type CniProfileName = keyof typeof cniProfiles;

export function isCniProfile(name: string): name is CniProfileName {
  return Object.hasOwn(cniProfiles, name);
}
