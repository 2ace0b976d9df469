// Answers CH TXT for version.bind and its kind (CoreDNS plugin/chaos/chaos.go). Authors come in an order that is drawn.
import { type ResourceRecord, replyTo, typeName } from '../../message/message.ts';
import { type DnsRequest, type Handler, type Next, type Served, wrote } from '../../plugin.ts';

const CHAOS = 3;
const POINT = 'dns/chaos';

export interface ChaosOptions {
  readonly version: string;
  readonly authors: readonly string[];
}

export class ChaosHandler implements Handler {
  readonly name = 'chaos';
  readonly #options: ChaosOptions;

  constructor(options: ChaosOptions) {
    this.#options = options;
  }

  fork(): this {
    return this;
  }

  serve(request: DnsRequest, next: Next): Served {
    const { question, message, qname } = request;
    const isText = question.class === CHAOS && typeName(question.type) === 'TXT';
    const texts = isText ? this.#texts(qname, request) : null;
    if (texts === null) return next(request);
    const owner = { name: question.name, class: CHAOS, ttl: 0 };
    const answers: readonly ResourceRecord[] = texts.map((text) => {
      return { ...owner, kind: 'TXT', strings: [text.slice(0, 255)] };
    });
    return wrote({ ...replyTo(message), answers });
  }

  #texts(qname: string, { turn }: DnsRequest): readonly string[] | null {
    switch (qname) {
      case 'version.bind.':
      case 'version.server.':
        return [this.#options.version];
      case 'authors.bind.': {
        const left = [...this.#options.authors];
        return this.#options.authors.map(() => {
          const weights = new Array<number>(left.length).fill(1);
          return left.splice(turn.environment.choices.pick(POINT, weights), 1)[0] ?? '';
        });
      }
      case 'hostname.bind.':
      case 'id.server.':
        return [(turn.environment.readFile('/etc/hostname') ?? 'localhost').trim()];
      default:
        return null;
    }
  }
}
