// What a CoreDNS prints when it has started: its zones, then its release (coremain/run.go showVersion, core/dnsserver
// startUpZones). Not here: lines of plugins; `reload` would print the SHA512 of its configuration in between.
import type { Site } from './config.ts';
import type { CoreDnsVersion } from './version.ts';

/** Go release and commit of the official images, as their version line names them. */
const builds: Readonly<Partial<Record<CoreDnsVersion, string>>> = {
  '1.14.2': 'go1.26.1, dd1df4f',
  '1.13.1': 'go1.25.2, 1db4568',
  '1.12.1': 'go1.24.1, 707c7c1',
  '1.12.0': 'go1.23.3, 51e11f1',
  '1.11.3': 'go1.21.11, a6338e9',
  '1.11.1': 'go1.20.7, ae2bbc2',
  '1.10.1': 'go1.20, 055b2c3',
  '1.9.3': 'go1.18.2, 45b0a11',
  '1.8.6': 'go1.17.1, 13a9191',
  '1.8.4': 'go1.16.4, 053c4d5',
  '1.8.0': 'go1.15.3, 054c9ae',
  '1.7.0': 'go1.14.4, f59c03d',
};

/** Empty texts for a release that is not in the table. */
export function buildOf(version: CoreDnsVersion): { readonly go: string; readonly commit: string } {
  const [go = '', commit = ''] = (builds[version] ?? '').split(', ');
  return { go, commit };
}

/** Lines with their ends. A release whose build is not in the table prints its number alone. */
export function bannerOf(sites: readonly Site[], version: CoreDnsVersion): string {
  const zones = [...sites]
    .sort((a, b) => a.port - b.port || (a.zone < b.zone ? -1 : 1))
    .map(({ zone, port }) => `${zone}:${port}\n`);
  const build = builds[version];
  const release = build === undefined ? '' : `linux/amd64, ${build}\n`;
  return `${zones.join('')}CoreDNS-${version}\n${release}`;
}
