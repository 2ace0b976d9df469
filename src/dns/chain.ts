// Runs the handlers of a server block one behind the other (CoreDNS plugin.NextOrFailure).
import type { Message } from './message/message.ts';
import { type DnsRequest, type Handler, returned, type Served } from './plugin.ts';

const SERVFAIL = 2;

/** Runs a chain; past its last handler there is no next plugin. */
export function run(chain: readonly Handler[], request: DnsRequest, at = 0): Served {
  const handler = chain[at];
  if (handler === undefined) {
    const last = chain.at(-1)?.name ?? '';
    return returned(SERVFAIL, `plugin/${last}: no next plugin found`);
  }
  if (request.turn.writer === null) {
    return handler.serve(request, (next) => run(chain, next, at + 1));
  }
  return runTracked(chain, handler, request, at);
}

/** As `run`, and notes in the Turn who wrote the answer, or wrapped the writer it went through. */
function runTracked(
  chain: readonly Handler[],
  handler: Handler,
  request: DnsRequest,
  at: number,
): Served {
  let behind: Message | null = null;
  const served = handler.serve(request, (next) => {
    const inner = run(chain, next, at + 1);
    behind = inner.reply;
    return inner;
  });
  const wraps = handler.name === 'loadbalance' || served.reply !== behind;
  if (served.reply !== null && wraps) request.turn.writer = handler.name;
  return served;
}
