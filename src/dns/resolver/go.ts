// Go's own resolver: goLookupIPCNAMEOrder and tryOneName of src/net/dnsclient_unix.go (1.26). A and AAAA are two look-ups
// side by side, each with sockets of its own and its own walk over the servers; whatever goes wrong with a name, the next
// one of the search list is tried.
import type { Message } from '../message/message.ts';
import { type Asker, hasAnswer } from './asker.ts';
import type { CandidateOutcome } from './flavour.table.ts';
import type { Found } from './found.ts';
import { joined } from './names.ts';
import type { Settings } from './settings.ts';

/** Longer names are not asked for (isDomainName). */
const nameMax = 254;

export function lookUpGo(
  settings: Settings,
  asker: Asker,
  name: string,
  types: readonly number[],
): Found {
  const offsets = new Offsets(settings);
  const asIs = joined(name, '');
  let nowMs = 0;
  let last: CandidateOutcome | null = null;
  for (const candidate of namesOf(settings, name)) {
    const lanes = types.map((type) => new Lane(settings, asker, candidate, type, offsets));
    if (settings.singleRequest) {
      for (const lane of lanes) {
        lane.start(nowMs);
        while (lane.outcome === null) lane.step();
        nowMs = lane.nowMs;
      }
    } else nowMs = sideBySide(lanes, nowMs);
    const replies = lanes.flatMap(({ reply }) => (reply === null ? [] : [reply]));
    if (replies.length > 0) return { outcome: 'answered', replies, error: null, endMs: nowMs };
    // Errors come in as the lanes end; the one about the name as typed counts most.
    for (const { outcome } of lanes.toSorted((a, b) => a.nowMs - b.nowMs)) {
      if (last === null || candidate === asIs) last = outcome;
    }
  }
  const outcome = last ?? 'nxdomain';
  const known = outcome === 'nxdomain' || outcome === 'nodata';
  return { outcome, replies: [], error: known ? 'EAI_NONAME' : 'EAI_AGAIN', endMs: nowMs };
}

/** The lane whose next query is due first goes on. */
function sideBySide(lanes: readonly Lane[], fromMs: number): number {
  for (const lane of lanes) lane.start(fromMs);
  for (;;) {
    let due: Lane | null = null;
    for (const lane of lanes) {
      if (lane.outcome === null && (due === null || lane.nowMs < due.nowMs)) due = lane;
    }
    if (due === null) return Math.max(fromMs, ...lanes.map((lane) => lane.nowMs));
    due.step();
  }
}

function namesOf({ search, ndots }: Settings, name: string): readonly string[] {
  const asIs = joined(name, '');
  if (name.endsWith('.')) return [asIs];
  const searched = search
    .map((domain) => joined(name, domain))
    .filter((candidate) => candidate.length <= nameMax);
  const dots = name.split('.').length - 1;
  return dots >= ndots ? [asIs, ...searched] : [...searched, asIs];
}

/** `rotate`: every query of the process starts one server further. */
class Offsets {
  readonly #isOn: boolean;
  #next = 0;

  constructor({ rotate }: Settings) {
    this.#isOn = rotate;
  }

  take(): number {
    return this.#isOn ? this.#next++ : 0;
  }
}

/** One name and type, over all servers and attempts. */
class Lane {
  nowMs = 0;
  /** Null while it is under way. */
  outcome: CandidateOutcome | null = null;
  reply: Message | null = null;
  readonly #settings: Settings;
  readonly #asker: Asker;
  readonly #name: string;
  readonly #type: number;
  readonly #offsets: Offsets;
  #offset = 0;
  #tries = 0;
  #last: CandidateOutcome = 'timeout';

  constructor(settings: Settings, asker: Asker, name: string, type: number, offsets: Offsets) {
    this.#settings = settings;
    this.#asker = asker;
    this.#name = name;
    this.#type = type;
    this.#offsets = offsets;
  }

  start(atMs: number): void {
    this.nowMs = atMs;
    this.#offset = this.#offsets.take();
  }

  /** One exchange with one server. */
  step(): void {
    const { servers, attempts } = this.#settings;
    const server = servers[(this.#offset + this.#tries) % servers.length] ?? 0;
    this.#tries++;
    const reply = this.#exchange(server);
    this.#judge(reply);
    if (this.outcome === null && this.#tries >= attempts * servers.length) {
      this.outcome = this.#last;
    }
  }

  #exchange(server: Settings['servers'][number]): Message | null {
    const { useVc, timeoutMs } = this.#settings;
    const message = this.#asker.message(this.#name, this.#type);
    const transport = useVc ? 'tcp' : 'udp';
    const heard = this.#asker.send(message, server, { transport, fromMs: this.nowMs, timeoutMs });
    this.nowMs = heard.atMs;
    if (heard.reply === null || !heard.reply.tc || useVc) return heard.reply;
    const tcp = { transport: 'tcp', fromMs: this.nowMs, timeoutMs } as const;
    const whole = this.#asker.send(message, server, tcp);
    this.nowMs = whole.atMs;
    return whole.reply;
  }

  #judge(reply: Message | null): void {
    if (reply === null) {
      this.#last = 'timeout';
      return;
    }
    const { rcode, answers, aa, ra, additional, edns } = reply;
    const extra = additional.length > 0 || edns !== null;
    if (rcode === 3) this.outcome = 'nxdomain';
    else if (rcode !== 0) this.#last = rcode === 2 ? 'servfail' : 'refused';
    else if (answers.length === 0 && !aa && !ra && !extra) this.#last = 'refused';
    else if (!hasAnswer(reply, this.#type)) this.outcome = 'nodata';
    else {
      this.outcome = 'answered';
      this.reply = reply;
    }
  }
}
