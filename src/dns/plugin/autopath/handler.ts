// Walks the client's search path on the server (CoreDNS plugin/autopath/autopath.go, cname.go): when a query is for a
// name under the first domain of the path, the others are tried at once, and the first answer that is not NXDOMAIN
// goes back as an alias of the name that was asked for.
import { IN, type Message, type ResourceRecord } from '../../message/message.ts';
import { isSubdomain, longestZone, lower } from '../../message/name.ts';
import {
  clientWrite,
  type DnsRequest,
  type Handler,
  type Next,
  nilPointer,
  onCopy,
  Panic,
  type Served,
  type Turn,
} from '../../plugin.ts';

export interface AutopathOptions {
  readonly zones: readonly string[];
  /** Of a resolv.conf, "" last; empty: none was named. */
  readonly search: readonly string[];
  /** Handler that knows the client's search path; null: none was named. */
  readonly from: string | null;
}

const NXDOMAIN = 3;

export class AutopathHandler implements Handler {
  readonly name = 'autopath';
  readonly #options: AutopathOptions;

  constructor(options: AutopathOptions) {
    this.#options = options;
  }

  fork(): this {
    return this;
  }

  serve(request: DnsRequest, next: Next): Served {
    const { qname, question } = request;
    if (longestZone(this.#options.zones, qname) === undefined) return next(request);
    const [first, ...others] = this.#search(request);
    // A path of nothing but "" covers no name (dns.IsSubDomain).
    if (first === undefined || first === '' || !isSubdomain(first, qname)) return next(request);
    const base = question.name.slice(0, Math.max(0, question.name.length - first.length - 1));
    return onCopy(request, () => this.#walk(request, base, [first, ...others], next));
  }

  /** The first domain of the path that the name is found in; else what came of the first of all. */
  #walk(request: DnsRequest, base: string, path: readonly string[], next: Next): Served {
    const { name } = request.question;
    let failed: Served | null = null;
    for (const domain of path) {
      const served = next(asking(request, `${base}.${domain}`));
      if (served.error !== null) return { ...served, reply: null };
      failed ??= served;
      const { reply } = served;
      if (!clientWrite(served.rcode)) continue;
      if (reply === null) throw new Panic(nilPointer, request.message);
      if (reply.rcode === NXDOMAIN) continue;
      return { ...served, reply: aliased(reply, name) };
    }
    return failed ?? next(request);
  }

  started(_turn: Turn, siblings: readonly Handler[]): string | null {
    const sibling = siblings.find((handler) => handler.name === this.#options.from);
    if (sibling === undefined || sibling.autoPath !== undefined) return null;
    return `plugin/autopath: ${sibling.name} does not implement the AutoPather interface`;
  }

  #search(request: DnsRequest): readonly string[] {
    const { from, search } = this.#options;
    if (from === null) return search;
    const sibling = request.siblings.find((handler) => handler.name === from);
    if (sibling === undefined) return search;
    return sibling.autoPath?.(request) ?? [];
  }
}

function asking(request: DnsRequest, name: string): DnsRequest {
  const question = { ...request.question, name };
  const message = { ...request.message, questions: [question] };
  return { ...request, message, question, qname: lower(name) };
}

/** The client's question again, and a CNAME from its name to the first record's. */
function aliased(reply: Message, name: string): Message {
  const questions = reply.questions.map((question) => ({ ...question, name }));
  const record = reply.answers.find((r) => lower(r.name) !== lower(name));
  if (record === undefined) return { ...reply, questions };
  const alias: ResourceRecord = {
    kind: 'CNAME',
    name,
    class: IN,
    ttl: record.ttl,
    target: record.name,
  };
  return { ...reply, questions, answers: [alias, ...reply.answers] };
}
