// Lets queries through, or not, by the client's address and the type asked for (CoreDNS plugin/acl/acl.go). The first
// policy that fits decides within a rule; a rule whose policies do not fit leaves it to the next rule.
import { type Cidr, contains } from '../../../net/cidr.ts';
import { type Edns, replyTo } from '../../message/message.ts';
import { longestZone } from '../../message/name.ts';
import { METRICS } from '../../metrics/metrics.table.ts';
import {
  type DnsRequest,
  type Handler,
  type Next,
  returned,
  type Served,
  wrote,
} from '../../plugin.ts';

export type Action = 'allow' | 'block' | 'filter' | 'drop';

export interface Policy {
  readonly action: Action;
  /** null: every type. */
  readonly types: readonly number[] | null;
  readonly nets: readonly Cidr[];
}

export interface Rule {
  readonly zones: readonly string[];
  readonly policies: readonly Policy[];
}

const counters = {
  drop: METRICS.aclDropped,
  block: METRICS.aclBlocked,
  filter: METRICS.aclFiltered,
} as const;

const SERVFAIL = 2;
const REFUSED = 5;
/** Extended DNS errors (RFC 8914). */
const BLOCKED = 15;
const FILTERED = 17;

export class AclHandler implements Handler {
  readonly name = 'acl';
  readonly #rules: readonly Rule[];

  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
  }

  fork(): this {
    return this;
  }

  serve(request: DnsRequest, next: Next): Served {
    const { qname, message, turn } = request;
    const { metrics, server } = turn;
    for (const { zones, policies } of this.#rules) {
      const zone = longestZone(zones, qname);
      if (zone === undefined) continue;
      const policy = policies.find((p) => fits(p, request));
      if (policy === undefined) continue;
      if (policy.action === 'allow') break;
      metrics?.count(counters[policy.action], server, '', zone);
      if (policy.action === 'drop') return { reply: null, rcode: 0, error: null, cached: false };
      const blocks = policy.action === 'block';
      const edns = ednsError(blocks ? BLOCKED : FILTERED);
      return wrote({ ...replyTo(message, blocks ? REFUSED : 0), edns });
    }
    metrics?.count(METRICS.aclAllowed, server, '');
    // Upstream names the question where the plugin belongs.
    if (request.siblings.at(-1) === this) {
      return returned(SERVFAIL, `plugin/${qname}: no next plugin found`);
    }
    return next(request);
  }
}

function fits({ types, nets }: Policy, { question, turn }: DnsRequest): boolean {
  if (types !== null && !types.includes(question.type) && !types.includes(0)) return false;
  return nets.some((net) => contains(net, turn.client.addr));
}

function ednsError(code: number): Edns {
  const option = { code: 15, bytes: Uint8Array.of(0, code) };
  return { udpSize: 4096, version: 0, dnssecOk: true, options: [option] };
}
