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
}

/** A VRRP packet. */
export interface Advert {
  readonly version: 2 | 3;
  readonly virtualRouterId: number;
  /** 0: the master stops. */
  readonly priority: number;
  readonly advertMs: number;
  readonly authentication: string;
  readonly addresses: number;
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
  const wrong = mistakeIn(router.instance, advert);
  if (wrong !== null) return { router, effects: [log(router.instance.name, wrong)] };
  return router.state === 'MASTER'
    ? asMaster(router, advert, nowMs)
    : asBackup(router, advert, nowMs);
}

/** vrrp_check_packet; null: it is taken. */
function mistakeIn(instance: VrrpInstance, advert: Advert): string | null {
  const from = formatAddr(advert.from);
  if (advert.version !== instance.version) {
    return `wrong VRRP version from ${from}. Received ${advert.version} and expect ${instance.version}`;
  }
  if (instance.version === 3) return null;
  const [mine, theirs] = [instance.authentication, advert.authentication];
  if ((mine === '') !== (theirs === '')) {
    return `received a ${authType(theirs)} auth from ${from}, expecting ${authType(mine)}!`;
  }
  if (mine !== theirs) return `received an invalid passwd from ${from}!`;
  if (instance.advertMs === advert.advertMs) return null;
  const [own, other] = [instance.advertMs / 1000, advert.advertMs / 1000];
  return `advertisement interval mismatch with ${from} mine=${own} sec rcv'd=${other} sec`;
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
    return { router, effects: [log(name, text)] };
  }
  const masterAdvertMs = version === 3 ? advert.advertMs : router.masterAdvertMs;
  const isLower = advert.priority < priority;
  return {
    router: {
      ...router,
      masterAdvertMs,
      dueMs: nowMs + masterDownMs(instance, masterAdvertMs),
      preemptAtMs: preemptDelayMs > 0 && isLower ? (preemptAtMs ?? nowMs + preemptDelayMs) : null,
    },
    effects: [],
  };
}

function asMaster(router: Router, advert: Advert, nowMs: number): Turn {
  const { instance, address } = router;
  const { name, priority, version, lowerPrioNoAdvert, higherPrioSendAdvert } = instance;
  const from = formatAddr(advert.from);
  const renewed = { ...router, dueMs: nowMs + instance.advertMs };
  if (advert.priority === 0) return { router: renewed, effects: [send(router)] };
  const isSame = advert.priority === priority;
  const isHigher = advert.priority > priority || (isSame && advert.from > address);
  if (!isHigher) {
    const force = lowerPrioNoAdvert ? '' : ', forcing new election';
    const text = `Received advert from ${from} with lower priority ${advert.priority}, ours ${priority}${force}`;
    const effects: readonly Effect[] = [
      log(name, text),
      ...(lowerPrioNoAdvert ? [] : [send(router)]),
      { kind: 'announce' },
    ];
    return { router: lowerPrioNoAdvert ? router : renewed, effects };
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
  const addresses = virtualAddresses.length;
  const what = { version, virtualRouterId, priority, advertMs, authentication, addresses };
  return { kind: 'send', advert: { ...what, from: address } };
}

function log(name: string, text: string): Effect {
  return { kind: 'log', text: `(${name}) ${text}` };
}
