// One VRRP instance on one host as a state machine of plain values: what an advertisement, a timer, a start and a stop make of
// it, and what it then does. Times are whole virtual milliseconds, those of a fraction rounded up. Not here: who hears an
// advertisement (segment.ts). Models keepalived's vrrp.c and vrrp_scheduler.c, RFC 3768 and RFC 5798, section 6.
import type { VrrpInstance } from '../../api/keepalived.ts';
import { type Addr, formatAddr } from '../../net/addr.ts';

export interface Router {
  /** The host's name. */
  readonly host: string;
  /** Its address, which adverts come from. */
  readonly address: Addr;
  readonly instance: VrrpInstance;
  readonly state: 'BACKUP' | 'MASTER';
  /** The master's interval: of version 3 as its adverts say. */
  readonly masterAdvertMs: number;
  /** When the timer ends: of a backup the master counts as down, a master sends its next advert. */
  readonly dueMs: number;
  /** Until when a lower master is borne with (preempt_delay); null: none was heard of. */
  readonly preemptAtMs: number | null;
  /** The master's next gratuitous ARP; null: none is due. */
  readonly garpAtMs: number | null;
  /** Whom the last advert came from that was no mistake; null: nobody yet. */
  readonly master: Addr | null;
  /** What was complained of: each kind is logged once, until the state or the master is another (rlflags). */
  readonly complained: readonly Complaint['kind'][];
}

/** A VRRP packet. */
export interface Advert {
  readonly version: 2 | 3;
  readonly virtualRouterId: number;
  /** 0: the master stops. */
  readonly priority: number;
  readonly advertMs: number;
  readonly authentication: string;
  readonly addresses: readonly Addr[];
  readonly from: Addr;
}

export type Effect =
  | { readonly kind: 'log'; readonly text: string }
  | { readonly kind: 'send'; readonly advert: Advert }
  /** The virtual addresses come to the host, or leave it. */
  | { readonly kind: 'addresses'; readonly held: boolean }
  /** Gratuitous ARP: everybody now sends to this host what is for the virtual addresses. */
  | { readonly kind: 'announce' };

export interface Turn {
  readonly router: Router;
  readonly effects: readonly Effect[];
}

/** 256 - priority parts of a second (version 2) or of the master's interval (version 3), in milliseconds. */
export function skewMs({ version, priority }: VrrpInstance, masterAdvertMs: number): number {
  const unitMs = version === 3 ? masterAdvertMs : 1000;
  return Math.ceil(((256 - priority) * unitMs) / 256);
}

/** How long a backup hears nothing before it becomes master. */
export function masterDownMs(instance: VrrpInstance, masterAdvertMs: number): number {
  return instance.downTimerAdverts * masterAdvertMs + skewMs(instance, masterAdvertMs);
}

/** keepalived starts. The owner of the addresses is master at once. */
export function start(host: string, address: Addr, instance: VrrpInstance, nowMs: number): Turn {
  const { name, advertMs, priority, state } = instance;
  const isOwner = priority === 255 && state === 'MASTER';
  const router: Router = {
    host,
    address,
    instance,
    state: 'BACKUP',
    masterAdvertMs: advertMs,
    dueMs: nowMs + (isOwner ? 0 : masterDownMs(instance, advertMs)),
    preemptAtMs: null,
    garpAtMs: null,
    master: null,
    complained: [],
  };
  return { router, effects: isOwner ? [] : [log(name, 'Entering BACKUP STATE (init)')] };
}

/** keepalived is told to end: a master says so. */
export function stop(router: Router): readonly Effect[] {
  if (router.state !== 'MASTER') return [];
  return [send(router, 0), { kind: 'addresses', held: false }];
}

/** When something is next due. */
export function nextMs({ dueMs, garpAtMs }: Router): number {
  return garpAtMs === null ? dueMs : Math.min(dueMs, garpAtMs);
}

/** What is due at `nowMs`. */
export function timeout(router: Router, nowMs: number): Turn {
  const { instance, garpAtMs } = router;
  if (garpAtMs !== null && garpAtMs <= nowMs && garpAtMs < router.dueMs) {
    const { garpRefreshMs } = instance;
    const next = garpRefreshMs > 0 ? garpAtMs + garpRefreshMs : null;
    return { router: { ...router, garpAtMs: next }, effects: [{ kind: 'announce' }] };
  }
  const own = { ...router, dueMs: nowMs + instance.advertMs };
  if (router.state === 'MASTER') return { router: own, effects: [send(router)] };
  return becomeMaster(own, nowMs);
}

function becomeMaster(router: Router, nowMs: number): Turn {
  const { name, advertMs, garpDelayMs, garpRefreshMs } = router.instance;
  const later = garpDelayMs > 0 ? garpDelayMs : garpRefreshMs;
  return {
    router: {
      ...router,
      state: 'MASTER',
      masterAdvertMs: advertMs,
      preemptAtMs: null,
      garpAtMs: later > 0 ? nowMs + later : null,
      complained: [],
    },
    effects: [
      send(router),
      log(name, 'Entering MASTER STATE'),
      { kind: 'addresses', held: true },
      { kind: 'announce' },
    ],
  };
}

/** An advertisement of this virtual router arrives. */
export function receive(router: Router, advert: Advert, nowMs: number): Turn {
  const { instance, state, master } = router;
  const isNew = state === 'BACKUP' && master !== advert.from;
  const before = isNew ? [] : router.complained;
  const found = complaintsAbout(instance, advert);
  const news = found.filter(({ kind }) => !before.includes(kind));
  const complained = [...before, ...news.map(({ kind }) => kind)];
  const logs = news.map(({ text }) => log(instance.name, text));
  const listening = { ...router, complained };
  if (found.some(({ refused }) => refused)) {
    // A master's timer begins anew with whatever it receives.
    const isRenewed = state === 'MASTER' && !instance.lowerPrioNoAdvert;
    const dueMs = isRenewed ? nowMs + instance.advertMs : router.dueMs;
    return { router: { ...listening, dueMs }, effects: logs };
  }
  const turn =
    state === 'MASTER' ? asMaster(listening, advert, nowMs) : asBackup(listening, advert, nowMs);
  return { ...turn, effects: [...logs, ...turn.effects] };
}

interface Complaint {
  readonly kind: 'version' | 'type' | 'password' | 'interval' | 'count' | 'addresses';
  readonly text: string;
  /** The advert is thrown away. */
  readonly refused: boolean;
}

/** vrrp_check_packet: what is wrong, up to the first thing for which it is thrown away. */
function complaintsAbout(instance: VrrpInstance, advert: Advert): readonly Complaint[] {
  const refusal = refusalOf(instance, advert);
  if (refusal !== null) return [{ ...refusal, refused: true }];
  const found: Complaint[] = [];
  const [own, other] = [instance.advertMs / 10, advert.advertMs / 10];
  if (own !== other) {
    const text = `advertisement interval mismatch ours = ${own} centi-sec rcv'd=${other} centi-sec`;
    found.push({ kind: 'interval', text, refused: false });
  }
  const mine = instance.virtualAddresses.map(({ addr }) => addr);
  const missing = mine.find((one) => !advert.addresses.includes(one));
  if (mine.length !== advert.addresses.length) {
    const text = `expected ${mine.length} VIPs but received ${advert.addresses.length}`;
    found.push({ kind: 'count', text, refused: false });
  } else if (missing !== undefined) {
    const text = `ip address associated with VRID ${instance.virtualRouterId} not present in advert from ${formatAddr(advert.from)}: ${formatAddr(missing)}`;
    found.push({ kind: 'addresses', text, refused: false });
  }
  return found;
}

function refusalOf(instance: VrrpInstance, advert: Advert): Omit<Complaint, 'refused'> | null {
  const from = formatAddr(advert.from);
  if (advert.version !== instance.version) {
    const text = `wrong VRRP version from ${from}. Received ${advert.version} and expect ${instance.version}`;
    return { kind: 'version', text };
  }
  if (instance.version === 3) return null;
  const [mine, theirs] = [instance.authentication, advert.authentication];
  if ((mine === '') !== (theirs === '')) {
    const text = `received a ${authType(theirs)} auth from ${from}, expecting ${authType(mine)}!`;
    return { kind: 'type', text };
  }
  if (mine !== theirs)
    return { kind: 'password', text: `received an invalid passwd from ${from}!` };
  if (instance.advertMs === advert.advertMs) return null;
  const [own, other] = [instance.advertMs / 1000, advert.advertMs / 1000];
  const text = `advertisement interval mismatch with ${from} mine=${own} sec rcv'd=${other} sec`;
  return { kind: 'interval', text };
}

/** Numbers of RFC 2338, section 5.3.6. */
function authType(authentication: string): number {
  return authentication === '' ? 0 : 1;
}

function asBackup(router: Router, advert: Advert, nowMs: number): Turn {
  const { instance, preemptAtMs } = router;
  const { name, priority, preempt, preemptDelayMs, version } = instance;
  if (advert.priority === 0) {
    const dueMs = nowMs + skewMs(instance, router.masterAdvertMs);
    return { router: { ...router, dueMs }, effects: [] };
  }
  const isWaiting = preemptDelayMs > 0 && (preemptAtMs === null || preemptAtMs > nowMs);
  if (preempt && advert.priority < priority && !isWaiting) {
    const text = `received lower priority (${advert.priority}) advert from ${formatAddr(advert.from)} - discarding`;
    return { router: { ...router, master: advert.from }, effects: [log(name, text)] };
  }
  const masterAdvertMs = version === 3 ? advert.advertMs : router.masterAdvertMs;
  const isLower = advert.priority < priority;
  return {
    router: {
      ...router,
      masterAdvertMs,
      dueMs: nowMs + masterDownMs(instance, masterAdvertMs),
      master: advert.from,
      preemptAtMs: preemptDelayMs > 0 && isLower ? (preemptAtMs ?? nowMs + preemptDelayMs) : null,
    },
    effects: [],
  };
}

function asMaster(router: Router, advert: Advert, nowMs: number): Turn {
  const { instance, address } = router;
  const { name, priority, version, lowerPrioNoAdvert, higherPrioSendAdvert } = instance;
  const from = formatAddr(advert.from);
  const renewed = lowerPrioNoAdvert ? router : { ...router, dueMs: nowMs + instance.advertMs };
  if (advert.priority === 0) return { router: renewed, effects: [send(router)] };
  const isSame = advert.priority === priority;
  const isHigher = advert.priority > priority || (isSame && advert.from > address);
  if (!isHigher) {
    const force = lowerPrioNoAdvert ? '' : ', forcing new election';
    const text = `Received advert from ${from} with lower priority ${advert.priority}, ours ${priority}${force}`;
    const effects: readonly Effect[] = [
      log(name, text),
      ...(lowerPrioNoAdvert ? [] : [send(router)]),
      ...(instance.garpLowerPrio ? [{ kind: 'announce' } as const] : []),
    ];
    return { router: renewed, effects };
  }
  const text = isSame
    ? `Master received advert from ${from} with same priority ${priority} but higher IP address than ours`
    : `Master received advert from ${from} with higher priority ${advert.priority}, ours ${priority}`;
  const masterAdvertMs = version === 3 ? advert.advertMs : router.masterAdvertMs;
  return {
    router: {
      ...router,
      state: 'BACKUP',
      masterAdvertMs,
      dueMs: nowMs + masterDownMs(instance, masterAdvertMs),
      preemptAtMs: null,
      garpAtMs: null,
      master: advert.from,
      complained: [],
    },
    effects: [
      ...(higherPrioSendAdvert ? [send(router)] : []),
      log(name, text),
      log(name, 'Entering BACKUP STATE'),
      { kind: 'addresses', held: false },
    ],
  };
}

function send({ instance, address }: Router, priority = instance.priority): Effect {
  const { version, virtualRouterId, advertMs, authentication, virtualAddresses } = instance;
  const addresses = virtualAddresses.map(({ addr }) => addr);
  const what = { version, virtualRouterId, priority, advertMs, authentication, addresses };
  return { kind: 'send', advert: { ...what, from: address } };
}

function log(name: string, text: string): Effect {
  return { kind: 'log', text: `(${name}) ${text}` };
}
