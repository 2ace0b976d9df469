// Which of the simulated results a real end is, as far as sockets can tell, and the words for an end that is none.
import { Disagreement } from '../../cluster/carrier.ts';
import { type Addr, formatAddr, formatEndpoint } from '../../net/addr.ts';
import { protoName, UDP } from '../../net/packet.ts';
import type { DialRequest, DialResult, Pinged, Used } from '../../node/dial.ts';
import { type End, errnos, outcomeOfEnd } from './ends.ts';

export type Asked = Pick<DialRequest, 'from' | 'proto' | 'to' | 'port' | 'sourcePort'>;

/** Whether the end of a new connection is this result. */
export function isEnd(result: DialResult, end: End, request: Asked): boolean {
  const heard = heardFrom(end, request);
  if (result.outcome !== 'answered' || heard === null) {
    // A program that does not answer looks like a way that does not lead there.
    const silentProgram = heard !== null && result.outcome === 'timeout' && result.backend !== null;
    const words = heard === null ? wordsOf(end, request) : 'answered';
    const via = result.outcome === 'refused' ? `refused via ${result.via}` : result.outcome;
    return silentProgram ? isThere(result, heard) : words === via;
  }
  return isThere(result, heard);
}

/** Whether the end of a message over a kept connection is this. */
export function isUse({ outcome, dial }: Used, end: End, request: Asked): boolean {
  if (request.proto === UDP) return isEnd(dial, end, request);
  if (end.kind === 'answered') return outcome === 'answered' && isEnd(dial, end, request);
  // Whoever waits long enough is told what an ICMP error had said.
  const waits = outcome === 'unreachable' ? 'timeout' : outcome;
  return end.kind === waits;
}

/** Whether what a ping heard is this. */
export function isPinged(result: Pinged, end: End): boolean {
  switch (result.kind) {
    case 'reply':
      return end.kind === 'reply' && end.by === result.by && end.ttl === result.ttl;
    case 'error':
      return end.kind === 'error' && end.by === result.by && end.errno === errnoOf[result.code];
    case 'silence':
      return end.kind === 'timeout';
    case 'no-route':
      return end.kind === 'error' && end.origin === 'local' && end.errno === errnos.ENETUNREACH;
    case 'not-permitted':
      return end.kind === 'error' && end.origin === 'local' && end.errno === errnos.EPERM;
  }
}

/** icmp_err_convert of net/ipv4/icmp.c. */
const errnoOf = {
  'port-unreachable': errnos.ECONNREFUSED,
  'net-unreachable': errnos.ENETUNREACH,
  'host-unreachable': errnos.EHOSTUNREACH,
  'admin-prohibited': errnos.EHOSTUNREACH,
  'ttl-exceeded': errnos.EHOSTUNREACH,
} as const;

type Answer = Extract<End, { kind: 'answered' }>;

function isThere({ backend, destination, source }: DialResult, end: Answer): boolean {
  return (
    backend === end.backend &&
    destination?.addr === end.destination.addr &&
    destination.port === end.destination.port &&
    source?.addr === end.source.addr
  );
}

/** The answer, unless it came from elsewhere than the client had asked. */
function heardFrom(end: End, { to, port }: Asked): Answer | null {
  if (end.kind !== 'answered') return null;
  return end.replyFrom.addr === to && end.replyFrom.port === port ? end : null;
}

function wordsOf(end: End, { proto }: Asked): string {
  return end.kind === 'answered' ? 'timeout' : outcomeOfEnd(end, proto === UDP);
}

export function dialDisagreement(
  request: Asked,
  possible: readonly DialResult[],
  end: End,
): Disagreement {
  return disagreement(flowText(request), possible.map(resultText), endText(end, request));
}

export function useDisagreement(request: Asked, possible: readonly Used[], end: End): Disagreement {
  const said = possible.map(({ outcome, dial }) =>
    outcome === 'answered' ? resultText(dial) : outcome,
  );
  return disagreement(`the open connection ${flowText(request)}`, said, endText(end, request));
}

export function pingDisagreement(
  from: string,
  to: Addr,
  possible: readonly Pinged[],
  end: End,
): Disagreement {
  const heard =
    end.kind === 'reply'
      ? `reply by ${end.by === undefined ? '?' : formatAddr(end.by)}, ttl ${end.ttl}`
      : end.kind === 'error'
        ? `error ${end.errno} ${end.origin} by ${end.by === undefined ? '?' : formatAddr(end.by)}`
        : end.kind;
  return disagreement(`ping from ${from} to ${formatAddr(to)}`, possible.map(pingedText), heard);
}

function pingedText(result: Pinged): string {
  switch (result.kind) {
    case 'reply':
      return `reply by ${formatAddr(result.by)}, ttl ${result.ttl}`;
    case 'error':
      return `${result.code} by ${formatAddr(result.by)}`;
    default:
      return result.kind;
  }
}

function disagreement(flow: string, possible: readonly string[], heard: string): Disagreement {
  const said = [...new Set(possible)].sort().join('\n           ');
  return new Disagreement(
    `the kernel disagrees with the simulation about ${flow}\nsimulated: ${said}\nkernel:    ${heard}`,
  );
}

function flowText({ from, to, port, proto, sourcePort }: Asked): string {
  return `${protoName(proto).toUpperCase()} ${from} port ${sourcePort} to ${formatEndpoint(to, port)}`;
}

function resultText({ outcome, via, backend, destination, source }: DialResult): string {
  if (outcome !== 'answered') return via === null ? outcome : `${outcome} via ${via}`;
  const at = destination === null ? '?' : formatEndpoint(destination.addr, destination.port);
  return `answered by ${backend} at ${at}, which sees ${source === null ? '?' : formatAddr(source.addr)}`;
}

function endText(end: End, request: Asked): string {
  if (end.kind !== 'answered') return outcomeOfEnd(end, request.proto === UDP);
  const { backend, destination, source, replyFrom } = end;
  const at = formatEndpoint(destination.addr, destination.port);
  const from = formatEndpoint(replyFrom.addr, replyFrom.port);
  return `answered by ${backend} at ${at}, which sees ${formatAddr(source.addr)}; the answer comes from ${from}`;
}
