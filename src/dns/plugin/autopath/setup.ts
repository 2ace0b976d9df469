// Reads the `autopath` directive (CoreDNS plugin/autopath/setup.go). What `@NAME` names is looked for among the block's
// handlers when a query comes.
import type { Dispenser } from '../../corefile/dispenser.ts';
import { originsOf } from '../../fallthrough.ts';
import { absolute, lower } from '../../message/name.ts';
import type { BlockContext, Setup } from '../../plugin.ts';
import { AutopathHandler, type AutopathOptions } from './handler.ts';

export const setup: Setup = (d, block) => {
  let options: AutopathOptions = { zones: [], search: [], from: null };
  while (d.next()) options = parseStanza(d, block, options);
  return [new AutopathHandler(options)];
};

/** Of several stanzas the last one's zones count, and each kind of search path stays. */
function parseStanza(d: Dispenser, block: BlockContext, before: AutopathOptions): AutopathOptions {
  const args = d.remainingArgs();
  const last = args.at(-1);
  if (last === undefined) throw d.raw('no resolv-conf specified');
  const zones = originsOf(args.slice(0, -1), block.zones);
  if (last.startsWith('@')) return { ...before, zones, from: last.slice(1) };
  const path = last.startsWith('/') ? last : `/${last}`;
  const text = path === '/etc/resolv.conf' ? block.resolvConf : block.readFile(path);
  if (text === undefined) {
    throw d.raw(`failed to parse ${JSON.stringify(last)}: open ${last}: no such file or directory`);
  }
  return { ...before, zones, search: [...searchOf(text), ''] };
}

/** dns.ClientConfigFromFile: the last `search` or `domain` line. */
function searchOf(text: string): readonly string[] {
  let search: readonly string[] = [];
  for (const line of text.split('\n')) {
    const [word = '', ...rest] = line.split(/[ \r\t\n]+/).filter((w) => w !== '');
    if (/^[;#]/.test(line)) continue;
    if (word === 'search') search = rest;
    if (word === 'domain' && rest[0] !== undefined) search = [rest[0]];
  }
  return search.map((domain) => lower(absolute(domain)));
}
