// Counts each query that passes, and what became of it (CoreDNS plugin/metrics/handler.go). It changes no answer. The
// label `plugin` names whoever handed the answer to this plugin, which is seldom the one that made it.
import { TCP } from '../../../net/packet.ts';
import { wireLength } from '../../message/length.ts';
import { longestZone } from '../../message/name.ts';
import {
  clientWrite,
  type DnsRequest,
  type Handler,
  leftOf,
  type Next,
  type Served,
} from '../../plugin.ts';

export class PrometheusHandler implements Handler {
  readonly name = 'prometheus';
  readonly #zones: readonly string[];
  /** Since 1.14.0 the label names the next handler of the chain, always. */
  readonly #byChain: boolean;

  constructor(zones: readonly string[], byChain: boolean) {
    this.#zones = zones;
    this.#byChain = byChain;
  }

  fork(): this {
    return this;
  }

  serve(request: DnsRequest, next: Next): Served {
    const { turn } = request;
    const { metrics, client } = turn;
    const startMs = turn.nowMs();
    const served = next(request);
    if (metrics === null) return served;
    const message = leftOf(request, served);
    const question = message.questions[0] ?? request.question;
    metrics.queries(turn.server).count(metrics, {
      zone: this.#zoneOf(request.qname),
      isTcp: client.proto === TCP,
      isV4: typeof client.addr === 'number',
      type: question.type,
      dnssecOk: message.edns?.dnssecOk ?? false,
      rcode: clientWrite(served.rcode) ? (served.reply?.rcode ?? 0) : served.rcode,
      plugin: served.reply === null ? '' : this.#writer(request),
      requestSize: wireLength(message),
      responseSize: sizeOf(served),
      seconds: (turn.nowMs() - startMs) / 1000,
    });
    return served;
  }

  #zoneOf(qname: string): string {
    if (this.#zones.length === 1 && this.#zones[0] === '.') return '.';
    return longestZone(this.#zones, qname) ?? '.';
  }

  #writer({ siblings, turn }: DnsRequest): string {
    if (!this.#byChain) return turn.writer;
    return siblings[siblings.indexOf(this) + 1]?.name ?? '';
  }
}

function sizeOf({ reply, more = [] }: Served): number {
  let size = reply === null ? 0 : wireLength(reply);
  for (const message of more) size += wireLength(message);
  return size;
}
