// The handlers of a server block as one function (CoreDNS plugin.NextOrFailure). Linked once per process, so that a query
// makes no closures.
import { type Handler, type Next, returned } from '../plugin.ts';

const SERVFAIL = 2;

/** A chain from its first step on; past its last handler there is no next plugin. `tracks`: notes in the Turn who wrote
 * the answer. */
export function linked(chain: readonly Handler[], tracks: boolean): Next {
  const last = chain.at(-1)?.name ?? '';
  let next: Next = () => returned(SERVFAIL, `plugin/${last}: no next plugin found`);
  for (let i = chain.length - 1; i >= 0; i--) {
    const handler = chain[i] as Handler;
    next = tracks ? trackedStep(handler, next) : step(handler, next);
  }
  return next;
}

function step(handler: Handler, next: Next): Next {
  return (request) => handler.serve(request, next);
}

/** Notes the handler's name when it wrote the answer, or wrapped the writer that it went through. */
function trackedStep(handler: Handler, next: Next): Next {
  const { name } = handler;
  return (request) => {
    const { turn } = request;
    turn.behind = null;
    const served = handler.serve(request, next);
    const { reply } = served;
    const wraps = name === 'loadbalance' || reply !== turn.behind;
    if (reply !== null && wraps) turn.writer = name;
    turn.behind = reply;
    return served;
  };
}
