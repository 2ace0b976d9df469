// Sets and clears flags of queries and replies (CoreDNS plugin/header/handler.go, header.go).
import type { Message } from '../../message/message.ts';
import type { DnsRequest, Handler, Next, Served } from '../../plugin.ts';

export interface Rule {
  readonly flag: 'aa' | 'ra' | 'rd';
  readonly state: boolean;
}

export class HeaderHandler implements Handler {
  readonly name = 'header';
  readonly #query: readonly Rule[];
  readonly #response: readonly Rule[];

  constructor(query: readonly Rule[], response: readonly Rule[]) {
    this.#query = query;
    this.#response = response;
  }

  fork(): this {
    return this;
  }

  serve(request: DnsRequest, next: Next): Served {
    const message = applied(request.message, this.#query);
    const served = next({ ...request, message });
    const left = served.request ?? message;
    if (served.reply === null) return { ...served, request: left };
    return { ...served, reply: applied(served.reply, this.#response), request: left };
  }
}

function applied(message: Message, rules: readonly Rule[]): Message {
  const flags: Partial<Record<Rule['flag'], boolean>> = {};
  for (const { flag, state } of rules) flags[flag] = state;
  return { ...message, ...flags };
}
