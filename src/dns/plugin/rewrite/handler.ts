// Changes a query before the next plugin sees it, and the reply on its way back (CoreDNS plugin/rewrite/rewrite.go).
// Upstream changes the query in place: where its reply or an error of the server shows that, `Served.request` does.

import { atLeast } from '../../kubeadm/version.ts';
import { type Message, replyTo } from '../../message/message.ts';
import { isDomainName, lower } from '../../message/name.ts';
import {
  type BlockContext,
  clientWrite,
  type DnsRequest,
  echoedOptions,
  type Handler,
  type Next,
  Panic,
  returned,
  type Served,
} from '../../plugin.ts';
import { applyEdns } from './edns.ts';
import { Fallen, type ReverterContext, rewriteResponse } from './response.ts';
import { matches, type ResponseRule, type Rule, remapRewriter, replaced } from './rule.ts';

const SERVFAIL = 2;

export class RewriteHandler implements Handler {
  readonly name = 'rewrite';
  readonly ednsOptions: readonly number[];
  readonly #rules: readonly Rule[];
  readonly #block: BlockContext;

  constructor(rules: readonly Rule[], block: BlockContext) {
    this.#rules = rules;
    this.#block = block;
    this.ednsOptions = rules.flatMap((rule) =>
      rule.kind === 'edns' && rule.option === 'local' ? [rule.code] : [],
    );
  }

  fork(): this {
    return this;
  }

  serve(request: DnsRequest, next: Next): Served {
    let message = request.message;
    const responses: ResponseRule[] = [];
    let stopped = false;
    for (const rule of this.#rules) {
      const { changed, more } = this.#apply(rule, message, request);
      message = changed;
      if (more === null) continue;
      const name = message.questions[0]?.name ?? '.';
      if (!isDomainName(name)) {
        const restored = { ...message, questions: request.message.questions };
        return {
          ...returned(SERVFAIL, `invalid name after rewrite: ${name}`),
          request: restored,
        };
      }
      responses.push(...more);
      stopped = rule.mode === 'stop';
      if (stopped) break;
    }
    const served = next(withMessage(request, message));
    const left = served.request ?? message;
    if (!stopped && responses.length === 0) return { ...served, request: left };
    if (served.reply === null) {
      const writes = stopped || atLeast(this.#block.version, '1.14.7');
      if (clientWrite(served.rcode) || !writes) return { ...served, request: left };
      const written = { ...left, edns: repeated(left, request) };
      const reply = { ...replyTo(left, served.rcode), edns: written.edns };
      return this.#revert({ ...served, rcode: 0, reply }, responses, request, written);
    }
    return this.#revert(served, responses, request, left);
  }

  /** The query after a rule; `more` null: the rule did not apply. */
  #apply(
    rule: Rule,
    message: Message,
    request: DnsRequest,
  ): { readonly changed: Message; readonly more: readonly ResponseRule[] | null } {
    const ignored = { changed: message, more: null };
    const question = message.questions[0];
    if (question === undefined) return ignored;
    const name = lower(question.name);
    const asking = (change: Partial<typeof question>): Message => ({
      ...message,
      questions: [{ ...question, ...change }],
    });
    switch (rule.kind) {
      case 'name': {
        const to = replaced(rule.match, rule.to, name);
        if (to === undefined) return ignored;
        const rewriter = remapRewriter(to, name);
        const back: readonly ResponseRule[] = rule.auto
          ? [
              { kind: 'name', rewriter },
              { kind: 'value', rewriter },
            ]
          : [];
        return { changed: asking({ name: to }), more: [...back, ...rule.responses] };
      }
      case 'type':
        if (rule.from === 0 || rule.to === 0 || question.type !== rule.from) return ignored;
        return { changed: asking({ type: rule.to }), more: [] };
      case 'class':
        if (question.class !== rule.from) return ignored;
        return { changed: asking({ class: rule.to }), more: [] };
      case 'reply':
        return { changed: message, more: matches(rule.match, name) ? [rule.response] : null };
      case 'cname':
        return { changed: message, more: [{ kind: 'cname', rule }] };
      case 'edns': {
        const port = this.#block.ports[0] ?? 53;
        const outcome = applyEdns(rule, message, request, port);
        if (outcome === null) return ignored;
        return { changed: { ...message, edns: outcome.edns }, more: outcome.responses };
      }
    }
  }

  /** The client's question again, and the response rules. */
  #revert(
    served: Served,
    responses: readonly ResponseRule[],
    request: DnsRequest,
    left: Message,
  ): Served {
    const { reply } = served;
    if (reply === null) return served;
    const { version } = this.#block;
    const type = left.questions[0]?.type ?? 0;
    const context: ReverterContext = {
      version,
      lookup: (name) => request.turn.lookup(left, name, type),
      log: (line) => request.turn.environment.log(line),
    };
    const restored = { ...reply, questions: request.message.questions };
    try {
      const rewritten = rewriteResponse(restored, responses, context);
      return { ...served, reply: rewritten, request: this.#requestAfter(responses, left) };
    } catch (error) {
      if (!(error instanceof Fallen)) throw error;
      throw new Panic(error.message, left);
    }
  }

  /** From 1.14.7 on the query's OPT record, which the reply repeats, is put back too. */
  #requestAfter(responses: readonly ResponseRule[], left: Message): Message {
    if (!atLeast(this.#block.version, '1.14.7') || left.edns === null) return left;
    const undo = responses.filter((r) => r.kind === 'ednsRemove' || r.kind === 'ednsRestore');
    const context = { version: this.#block.version, lookup: () => null, log: () => undefined };
    const bare = { ...left, answers: [], authority: [], additional: [] };
    return { ...left, edns: rewriteResponse(bare, undo, context).edns };
  }
}

/** The query's OPT record as a reply has it (request.SizeAndDo). */
function repeated({ edns }: Message, { siblings }: DnsRequest): Message['edns'] {
  if (edns === null) return null;
  const codes = echoedOptions(siblings);
  return { ...edns, options: edns.options.filter((option) => codes.includes(option.code)) };
}

function withMessage(request: DnsRequest, message: Message): DnsRequest {
  const question = message.questions[0] ?? request.question;
  return { ...request, message, question, qname: lower(question.name) };
}
