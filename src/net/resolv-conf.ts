// What a container's /etc/resolv.conf says, as values. The kubelet writes it, resolvers read it; the text form is
// parsed and printed here so that both agree. Semantics of the options belong to src/dns/resolver.
import { type Addr, formatAddr, parseAddr } from './addr.ts';

export interface ResolvConf {
  readonly nameservers: readonly Addr[];
  readonly search: readonly string[];
  /** Option lines as written, in order: "ndots:5", "single-request". */
  readonly options: readonly string[];
}

/** The text kubelet writes: search, nameserver lines, options. */
export function formatResolvConf(conf: ResolvConf): string {
  const lines: string[] = [];
  if (conf.search.length > 0) lines.push(`search ${conf.search.join(' ')}`);
  for (const server of conf.nameservers) lines.push(`nameserver ${formatAddr(server)}`);
  if (conf.options.length > 0) lines.push(`options ${conf.options.join(' ')}`);
  return lines.map((line) => `${line}\n`).join('');
}

/** Reads the lines it knows and ignores the others, as resolvers do; the last `search` line wins. */
export function parseResolvConf(text: string): ResolvConf {
  const nameservers: Addr[] = [];
  let search: readonly string[] = [];
  const options: string[] = [];
  for (const line of text.split('\n')) {
    const [word, ...rest] = line.trim().split(/\s+/);
    if (word === 'nameserver') {
      const server = parseAddr(rest[0] ?? '');
      if (server !== undefined) nameservers.push(server);
    } else if (word === 'search' || word === 'domain') search = rest;
    else if (word === 'options') options.push(...rest);
  }
  return { nameservers, search, options };
}

/** The value of "ndots:N", or 1 (resolv.conf(5)). */
export function ndots(conf: ResolvConf): number {
  const option = conf.options.findLast((o) => o.startsWith('ndots:'));
  return option === undefined ? 1 : Math.min(15, Number.parseInt(option.slice(6), 10) || 0);
}
