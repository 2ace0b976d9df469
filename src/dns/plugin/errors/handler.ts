// Logs what a plugin behind it returned as an error (CoreDNS plugin/errors/errors.go). It changes no answer.
import { typeName } from '../../message/message.ts';
import type { DnsRequest, Handler, Next, Served } from '../../plugin.ts';

export class ErrorsHandler implements Handler {
  readonly name = 'errors';

  fork(): this {
    return this;
  }

  serve(request: DnsRequest, next: Next): Served {
    const served = next(request);
    if (served.error !== null) {
      const { question, qname, turn } = request;
      const what = `${served.rcode} ${qname} ${typeName(question.type)}: ${served.error}`;
      turn.environment.log(`[ERROR] plugin/errors: ${what}`);
    }
    return served;
  }
}
