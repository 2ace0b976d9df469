// Which CoreDNS release a Kubernetes minor version runs, and comparing releases. Source: kubeadm's constants.go
// (CoreDNSVersion) of each release branch.

/** "1.12.1" */
export type CoreDnsVersion = `${number}.${number}.${number}`;

const shipped: readonly { readonly minor: number; readonly version: CoreDnsVersion }[] = [
  { minor: 36, version: '1.14.2' },
  { minor: 35, version: '1.13.1' },
  { minor: 34, version: '1.12.1' },
  { minor: 33, version: '1.12.0' },
  { minor: 31, version: '1.11.3' },
  { minor: 29, version: '1.11.1' },
  { minor: 27, version: '1.10.1' },
  { minor: 25, version: '1.9.3' },
  { minor: 23, version: '1.8.6' },
  { minor: 22, version: '1.8.4' },
  { minor: 21, version: '1.8.0' },
  { minor: 19, version: '1.7.0' },
  { minor: 18, version: '1.6.7' },
  { minor: 17, version: '1.6.5' },
  { minor: 16, version: '1.6.2' },
  { minor: 0, version: '1.3.1' },
];

/** Last patch release of each minor one. */
const released: readonly { readonly minor: number; readonly last: number }[] = [
  { minor: 3, last: 1 },
  { minor: 4, last: 0 },
  { minor: 5, last: 2 },
  { minor: 6, last: 9 },
  { minor: 7, last: 1 },
  { minor: 8, last: 7 },
  { minor: 9, last: 4 },
  { minor: 10, last: 1 },
  { minor: 11, last: 4 },
  { minor: 12, last: 4 },
  { minor: 13, last: 2 },
  { minor: 14, last: 7 },
  { minor: 15, last: 0 },
];

/** Whether it is a release whose plugins are known. */
export function isReleased(version: CoreDnsVersion): boolean {
  const [major, minor = -1, patch = -1] = version.split('.').map(Number);
  const last = released.find((row) => row.minor === minor)?.last ?? -1;
  return major === 1 && patch >= 0 && patch <= last;
}

/** The release kubeadm installs with Kubernetes 1.`minor`. */
export function coreDnsOf(minor: number): CoreDnsVersion {
  return shipped.find((row) => minor >= row.minor)?.version ?? '1.3.1';
}

/** Whether `version` is `since` or later. */
export function atLeast(version: CoreDnsVersion, since: CoreDnsVersion): boolean {
  return version === since || orderOf(version) >= orderOf(since);
}

const orders = new Map<CoreDnsVersion, number>();

/** Ascending with the releases: "1.12.1" -> 1_012_001. */
function orderOf(version: CoreDnsVersion): number {
  let order = orders.get(version);
  if (order === undefined) {
    const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
    order = (major * 1000 + minor) * 1000 + patch;
    orders.set(version, order);
  }
  return order;
}
