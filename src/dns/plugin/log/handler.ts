// Writes a line for each query that a rule names (CoreDNS plugin/log/log.go). It changes no answer. What was written is
// seen before the server adds OPT and cuts it to size.

import { atLeast, type CoreDnsVersion } from '../../kubeadm/version.ts';
import { wireLength } from '../../message/length.ts';
import { type Message, replyTo, typeName } from '../../message/message.ts';
import { isSubdomain } from '../../message/name.ts';
import {
  clientWrite,
  type DnsRequest,
  type Handler,
  leftOf,
  type Next,
  type Served,
} from '../../plugin.ts';
import { formatLine, type Recorded } from './format.ts';
import type { Class, Rule } from './setup.ts';

export class LogHandler implements Handler {
  readonly name = 'log';
  readonly #rules: readonly Rule[];
  readonly #version: CoreDnsVersion;

  constructor(rules: readonly Rule[], version: CoreDnsVersion) {
    this.#rules = rules;
    this.#version = version;
  }

  fork(): this {
    return this;
  }

  serve(request: DnsRequest, next: Next): Served {
    const rule = this.#rules.find(({ scope }) => isSubdomain(scope, request.qname));
    if (rule === undefined) return next(request);
    const { turn } = request;
    const startMs = turn.nowMs();
    const served = next(request);
    const reply = this.#recorded(request, served);
    const isAsked = rule.classes.includes('all') || rule.classes.includes(classOf(reply));
    if (!isAsked) return served;
    const recorded: Recorded = {
      reply,
      size: sizeOf(reply, served.more ?? []),
      seconds: (turn.nowMs() - startMs) / 1000,
    };
    const message = leftOf(request, served);
    const question = message.questions[0] ?? request.question;
    const line = formatLine(rule.format, { ...request, message, question }, recorded, (name) => {
      return this.#metadata(name, request, reply);
    });
    turn.environment.log(`[INFO] ${line}`);
    return served;
  }

  /** From 1.14.5 on, what the server will write where nobody has. */
  #recorded({ message }: DnsRequest, { reply, rcode }: Served): Message | null {
    if (reply !== null || clientWrite(rcode) || !atLeast(this.#version, '1.14.5')) return reply;
    return replyTo(message, rcode);
  }

  /** Its own two labels, where `metadata` keeps them; other plugins publish none. */
  #metadata(name: string, { siblings }: DnsRequest, reply: Message | null): string | undefined {
    if (!atLeast(this.#version, '1.14.2')) return undefined;
    if (!siblings.some((handler) => handler.name === 'metadata')) return undefined;
    if (name === 'log/type') return typify(reply);
    return name === 'log/class' ? classOf(reply) : undefined;
  }
}

function sizeOf(reply: Message | null, more: readonly Message[]): number {
  let size = reply === null ? 0 : wireLength(reply);
  for (const message of more) size += wireLength(message);
  return size;
}

/** What a message is (CoreDNS plugin/pkg/response/typify.go). */
function typify(reply: Message | null): string {
  if (reply === null) return 'OTHERERROR';
  if (reply.opcode === 5) return 'UPDATE';
  const type = typeName(reply.questions[0]?.type ?? 0);
  if (reply.opcode === 4 || type === 'AXFR' || type === 'IXFR') return 'META';
  if (reply.rcode === 0 && reply.answers.length > 0) return 'NOERROR';
  const hasSoa = reply.authority.some((record) => record.kind === 'SOA');
  if (hasSoa && reply.rcode === 0) return 'NODATA';
  if (hasSoa && reply.rcode === 3) return 'NXDOMAIN';
  if (reply.rcode === 2 || reply.rcode === 4) return 'SERVERERROR';
  if (reply.rcode !== 0) return 'OTHERERROR';
  return reply.authority.some((record) => record.kind === 'NS') ? 'DELEGATION' : 'NOERROR';
}

function classOf(reply: Message | null): Class {
  switch (typify(reply)) {
    case 'NOERROR':
    case 'DELEGATION':
      return 'success';
    case 'NODATA':
    case 'NXDOMAIN':
      return 'denial';
    default:
      return 'error';
  }
}
