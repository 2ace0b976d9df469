// Reads the `health` directive (CoreDNS plugin/health/setup.go): an HTTP server that always says OK, and how long the
// process goes on answering once it is told to end. No handler.
import { parseDuration } from '../../go/duration.ts';
import { listenerOf, splitHostPort } from '../../go/host-port.ts';
import { atLeast } from '../../kubeadm/version.ts';
import type { Setup } from '../../plugin.ts';

export const setup: Setup = (d, { version, declare }) => {
  let text = ':8080';
  let lameduckMs = 0;
  while (d.next()) {
    const args = d.remainingArgs();
    if (args.length > 1) throw d.argErr();
    if (args[0] !== undefined) {
      const parts = splitHostPort(args[0]);
      if (typeof parts === 'string') throw d.raw(parts, 'write HOST:PORT, or :PORT');
      text = args[0];
    }
    while (d.nextBlock()) {
      if (d.val() !== 'lameduck') {
        throw atLeast(version, '1.14.4') ? d.err(`unknown property '${d.val()}'`) : d.argErr();
      }
      const values = d.remainingArgs();
      if (values.length !== 1) throw d.argErr();
      const ms = parseDuration(values[0] ?? '');
      if (typeof ms === 'string') {
        throw d.raw(`unable to parse lameduck duration value: '${values[0]}' : ${ms}`);
      }
      lameduckMs = ms;
    }
  }
  const parts = splitHostPort(text);
  const at = typeof parts === 'string' ? parts : listenerOf(parts);
  if (typeof at === 'string') throw d.raw(at);
  declare({ kind: 'health', at, lameduckMs });
  return [];
};
