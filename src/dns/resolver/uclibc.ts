// uClibc-ng's look-up: __dns_lookup of libc/inet/resolv.c (1.0.29, in docker's busybox:1.28). ndots is unknown: a name
// without a dot is searched first and asked for as it is last, a name with one the other way round. AAAA walks the whole
// list before A does, each query from a socket of its own.
import type { Asker } from './asker.ts';
import { hasAnswer } from './asker.ts';
import type { CandidateOutcome } from './flavour.table.ts';
import type { Found, GaiError } from './found.ts';
import { joined } from './names.ts';
import type { Settings } from './settings.ts';

const A = 1;
const PTR = 12;
const AAAA = 28;

export function lookUpUclibc(
  settings: Settings,
  asker: Asker,
  name: string,
  types: readonly number[],
): Found {
  const walk = new Walk(settings, asker, name);
  const ordered = types.length === 2 ? [AAAA, A] : types;
  const found = ordered.map((type) => walk.run(type));
  const endMs = walk.nowMs;
  const answered = found.filter(({ outcome }) => outcome === 'answered');
  if (answered.length > 0) {
    return { outcome: 'answered', replies: answered.flatMap((f) => f.replies), error: null, endMs };
  }
  const outcome = found.find((f) => f.outcome === 'nodata')?.outcome ?? found.at(-1)?.outcome;
  const error = outcome === 'nxdomain' ? 'EAI_NONAME' : 'EAI_AGAIN';
  return { outcome: outcome ?? 'nxdomain', replies: [], error: error satisfies GaiError, endMs };
}

type Walked = Pick<Found, 'outcome' | 'replies'>;

class Walk {
  /** Milliseconds since the look-up began. */
  nowMs = 0;
  readonly #settings: Settings;
  readonly #asker: Asker;
  readonly #name: string;
  /** The process goes on with the server that it asked last. */
  #server = 0;

  constructor(settings: Settings, asker: Asker, name: string) {
    this.#settings = settings;
    this.#asker = asker;
    this.#name = name;
  }

  run(type: number): Walked {
    const { servers, attempts } = this.#settings;
    const names = this.#names(type);
    let outcome: CandidateOutcome = 'timeout';
    for (let left = servers.length * attempts; left > 0; left--) {
      this.#server %= servers.length;
      const tried = this.#oneServer(names, type);
      if (tried.outcome === 'answered' || tried.outcome === 'nodata') return tried;
      if (tried.outcome === 'nxdomain') return tried;
      outcome = tried.outcome;
      this.#server++;
    }
    return { outcome, replies: [] };
  }

  /** A name that has a dot at its end is searched for PTR as little as others. */
  #names(type: number): readonly string[] {
    const name = this.#name;
    const asIs = joined(name, '');
    if (name.endsWith('.') || type === PTR) return [asIs];
    const searched = this.#settings.search.map((domain) => joined(name, domain));
    return name.includes('.') ? [asIs, ...searched] : [...searched, asIs];
  }

  /** NXDOMAIN and SERVFAIL lead to the next name; what else is wrong, to the next server. */
  #oneServer(names: readonly string[], type: number): Walked {
    let outcome: CandidateOutcome = 'timeout';
    for (const name of names) {
      const message = this.#asker.message(name, type);
      const { timeoutMs, servers } = this.#settings;
      const server = servers[this.#server] ?? 0;
      const heard = this.#asker.send(message, server, { fromMs: this.nowMs, timeoutMs });
      this.nowMs = heard.atMs;
      const { reply } = heard;
      if (reply === null) return { outcome: 'timeout', replies: [] };
      if (reply.rcode === 0) {
        if (hasAnswer(reply, type)) return { outcome: 'answered', replies: [reply] };
        return { outcome: 'nodata', replies: [] };
      }
      outcome = reply.rcode === 3 ? 'nxdomain' : reply.rcode === 2 ? 'servfail' : 'refused';
      if (outcome === 'refused') break;
    }
    return { outcome, replies: [] };
  }
}
