// Reads the `ready` directive (CoreDNS plugin/ready/setup.go): an HTTP server that says whether the plugins of its
// server block are ready. No handler.
import type { Dispenser } from '../../corefile/dispenser.ts';
import { listenerOf, splitHostPort } from '../../go/host-port.ts';
import { atLeast, type CoreDnsVersion } from '../../kubeadm/version.ts';
import type { Setup } from '../../plugin.ts';

/** Since this release a block may say how long the plugins are asked. */
const monitorSince = '1.12.2';

export const setup: Setup = (d, { version, declare }) => {
  let text = ':8181';
  let continuously = false;
  let seen = false;
  while (d.next()) {
    if (seen) throw d.raw('this plugin can only be used once per Server Block');
    seen = true;
    const args = d.remainingArgs();
    if (args.length > 1) throw d.argErr();
    text = args[0] ?? text;
    const parts = splitHostPort(text);
    if (typeof parts === 'string') throw d.raw(parts, 'write HOST:PORT, or :PORT');
    continuously = monitor(d, version);
  }
  const parts = splitHostPort(text);
  const at = typeof parts === 'string' ? parts : listenerOf(parts);
  if (typeof at === 'string') throw d.raw(at);
  declare({ kind: 'ready', at, continuously });
  return [];
};

/** Before 1.14.4 other words in the block are passed over; before `monitor` came nothing read a block at all. */
function monitor(d: Dispenser, version: CoreDnsVersion): boolean {
  let continuously = false;
  if (!atLeast(version, monitorSince)) return false;
  while (d.nextBlock()) {
    if (d.val() !== 'monitor') {
      if (atLeast(version, '1.14.4')) throw d.err(`unknown property '${d.val()}'`);
      continue;
    }
    const values = d.remainingArgs();
    if (values.length !== 1) throw d.argErr();
    const [type = ''] = values;
    if (type !== 'until-ready' && type !== 'continuously') {
      throw d.err(`monitor type '${type}' not supported`);
    }
    continuously = type === 'continuously';
  }
  return continuously;
}
