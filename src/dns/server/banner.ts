// What a CoreDNS prints when it has started: its zones, then its release (coremain/run.go showVersion, core/dnsserver
// startUpZones), with the lines of automaxprocs and `reload` around them.
import { formatAddr } from '../../net/addr.ts';
import { byCodeUnit } from '../../sim/table.ts';
import type { CorefileHash } from '../corefile/hash.ts';
import { atLeast, type CoreDnsVersion } from '../kubeadm/version.ts';
import type { Site } from './config.ts';

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

/** What decides over the first and the last lines. */
export interface Start {
  readonly sites: readonly Site[];
  readonly version: CoreDnsVersion;
  /** Null: no `reload`. */
  readonly hash: CorefileHash | null;
  /** CPUs of the machine, and of the container's limit; null: not known. */
  readonly cpus: { readonly machine: number; readonly limit: number | null } | null;
}

/** Lines with their ends. A release whose build is not in the table prints its number alone. */
export function bannerOf({ sites, version, hash, cpus }: Start): string {
  const build = builds[version];
  const release = build === undefined ? '' : `linux/amd64, ${build}\n`;
  const zones = [...sites].sort(inOrder).map((site) => zoneLines(site, version));
  const procs = firstLine(version, cpus);
  const running = hash === null ? '' : `${runningLine(hash)}\n`;
  return `${procs}${zones.join('')}${running}CoreDNS-${version}\n${release}`;
}

/** What it prints before it has read its Corefile, with its end. */
export function firstLine(version: CoreDnsVersion, cpus: Start['cpus']): string {
  return cpus === null || !atLeast(version, '1.12.0') ? '' : `${maxProcs(cpus)}\n`;
}

/** What `reload` says of the Corefile in force. */
export function runningLine({ name, hex }: CorefileHash): string {
  return `[INFO] plugin/reload: Running configuration ${name} = ${hex}`;
}

/** Upstream goes through its listeners in no order. */
function inOrder(a: Site, b: Site): number {
  const text = ({ addr }: Site) => (addr === null ? '' : formatAddr(addr));
  return a.port - b.port || byCodeUnit(text(a), text(b)) || byCodeUnit(a.zone, b.zone);
}

function zoneLines({ zone, addr, port }: Site, version: CoreDnsVersion): string {
  const on = addr === null ? '' : ` on ${formatAddr(addr)}`;
  const odd = !isPreferred(zone) && atLeast(version, '1.9.0');
  const warning = `Warning: Domain "${zone}" does not follow RFC1035 preferred syntax\n`;
  return `${odd ? warning : ''}${zone}:${port}${on}\n`;
}

/** RFC 1035 section 2.3.1; the root and reverse zones always count as such. */
function isPreferred(zone: string): boolean {
  if (zone === '.' || /(^|\.)(in-addr|ip6)\.arpa\.$/.test(zone)) return true;
  return /^(([A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?)\.)+$/.test(zone);
}

/** go.uber.org/automaxprocs: the container's limit in whole CPUs. */
function maxProcs({ machine, limit }: NonNullable<Start['cpus']>): string {
  if (limit === null) return `maxprocs: Leaving GOMAXPROCS=${machine}: CPU quota undefined`;
  const whole = Math.floor(limit);
  if (whole >= 1) return `maxprocs: Updating GOMAXPROCS=${whole}: determined from CPU quota`;
  return 'maxprocs: Updating GOMAXPROCS=1: using minimum allowed GOMAXPROCS';
}
