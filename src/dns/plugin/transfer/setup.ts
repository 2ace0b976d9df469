// Reads the `transfer` directive (CoreDNS plugin/transfer/setup.go).
import { goQuote } from '../../../api/field/errors.ts';
import { type Addr, parseAddr } from '../../../net/addr.ts';
import type { Dispenser } from '../../corefile/dispenser.ts';
import { originsOf } from '../../fallthrough.ts';
import { atLeast } from '../../kubeadm/version.ts';
import type { BlockContext, Setup } from '../../plugin.ts';
import { TransferHandler } from './handler.ts';

/** Who may have which zones. */
export interface Permission {
  readonly zones: readonly string[];
  readonly to: readonly (Addr | '*')[];
}

const sourceSince = '1.14.7';

function hostOf(d: Dispenser, text: string): Addr | '*' {
  if (text === '*') return '*';
  const match = /^\[([^\]]+)\](?::\d+)?$/.exec(text) ?? /^([^:]+):\d+$/.exec(text);
  const addr = parseAddr(match?.[1] ?? text);
  if (addr === undefined) throw d.raw(`must specify an IP address: \`${text}'`);
  return addr;
}

function stanza(d: Dispenser, block: BlockContext): Permission {
  const zones = originsOf(d.remainingArgs(), block.zones);
  const to: (Addr | '*')[] = [];
  let source: string | null = null;
  // Upstream puts the plugin's name before these errors twice.
  const fail = (text: string) => d.raw(`plugin/transfer: ${d.err(text).message}`);
  while (d.nextBlock()) {
    const name = d.val();
    if (name === 'to') {
      const args = d.remainingArgs();
      if (args.length === 0) throw d.argErr();
      to.push(...args.map((text) => hostOf(d, text)));
    } else if (name === 'source' && atLeast(block.version, sourceSince)) {
      const [text, more] = d.remainingArgs();
      if (text === undefined || more !== undefined) throw d.argErr();
      if (source !== null) throw fail('source already specified');
      if (parseAddr(text) === undefined) throw fail(`invalid source address ${goQuote(text)}`);
      source = text;
    } else throw fail(`unknown property ${goQuote(name)}`);
  }
  if (to.length === 0) throw fail("'to' is required");
  return { zones, to };
}

export const setup: Setup = (d, block) => {
  const permissions: Permission[] = [];
  while (d.next()) permissions.push(stanza(d, block));
  return [new TransferHandler(permissions, block.version)];
};
