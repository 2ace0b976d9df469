// All VRRP instances of a LAN: runs what is due in the order of time, and hands each advertisement to those who hear it. What
// is due at one moment happens before the adverts of that moment arrive. Copy-on-write. Not here: wires and addresses, which
// the composer's `Lan` knows.
import type { VrrpInstance } from '../../api/keepalived.ts';
import type { Addr } from '../../net/addr.ts';
import { Table } from '../../sim/table.ts';
import {
  type Advert,
  type Effect,
  nextMs,
  type Router,
  receive,
  start,
  stop,
  type Turn,
  timeout,
} from './vrrp.ts';

/** What the instances do to the world, and what the world lets through. */
export interface Lan {
  /** Whether a packet from one host's LAN device arrives at another's now. */
  hears(from: string, to: string): boolean;
  log(host: string, text: string): void;
  hold(router: Router, held: boolean): void;
  announce(router: Router): void;
}

export class Segment {
  readonly #routers: Table<Router>;
  /** On the wire: gone again when a method returns. */
  #sent: { readonly sender: Router; readonly advert: Advert }[] = [];

  constructor(routers: Table<Router> = new Table()) {
    this.#routers = routers;
  }

  fork(): Segment {
    return new Segment(this.#routers.fork());
  }

  /** By host and name of the instance. */
  routers(): readonly Router[] {
    return this.#routers.keys().flatMap((key) => this.#routers.get(key) ?? []);
  }

  /** When something is next due; undefined: no instance runs. */
  get nextMs(): number | undefined {
    const all = this.routers().map(nextMs);
    return all.length === 0 ? undefined : Math.min(...all);
  }

  /** keepalived starts on a host. */
  start(
    host: string,
    address: Addr,
    instances: readonly VrrpInstance[],
    nowMs: number,
    lan: Lan,
  ): void {
    for (const instance of instances) {
      this.#turn(start(host, address, instance, nowMs), lan);
    }
    this.#deliverAll(nowMs, lan);
  }

  /** keepalived ends on a host: told to, or with the machine, without a word. */
  end(host: string, how: 'stopped' | 'gone', nowMs: number, lan: Lan): void {
    for (const router of this.routers()) {
      if (router.host !== host) continue;
      this.#routers.delete(keyOf(router));
      if (how === 'stopped') this.#act(router, stop(router), lan);
    }
    this.#deliverAll(nowMs, lan);
  }

  /** Runs what is due up to `untilMs`. */
  run(untilMs: number, lan: Lan): void {
    for (;;) {
      const atMs = this.nextMs;
      if (atMs === undefined || atMs > untilMs) return;
      for (const router of this.routers()) {
        if (nextMs(router) === atMs) this.#turn(timeout(router, atMs), lan);
      }
      this.#deliverAll(atMs, lan);
    }
  }

  #turn({ router, effects }: Turn, lan: Lan): void {
    this.#routers.set(keyOf(router), router);
    this.#act(router, effects, lan);
  }

  #act(router: Router, effects: readonly Effect[], lan: Lan): void {
    for (const effect of effects) {
      switch (effect.kind) {
        case 'log':
          lan.log(router.host, effect.text);
          break;
        case 'send':
          this.#sent.push({ sender: router, advert: effect.advert });
          break;
        case 'addresses':
          lan.hold(router, effect.held);
          break;
        case 'announce':
          lan.announce(router);
          break;
      }
    }
  }

  /** Answers to adverts are adverts, too. */
  #deliverAll(nowMs: number, lan: Lan): void {
    for (;;) {
      const [first, ...others] = this.#sent;
      if (first === undefined) return;
      this.#sent = others;
      this.#deliver(first.sender, first.advert, nowMs, lan);
    }
  }

  #deliver(sender: Router, advert: Advert, nowMs: number, lan: Lan): void {
    const { unicastPeers } = sender.instance;
    for (const { host, instance } of this.routers()) {
      const known = this.#routers.get(`${host} ${instance.name}`);
      if (known === undefined || host === sender.host) continue;
      if (instance.virtualRouterId !== advert.virtualRouterId) continue;
      // A unicast instance takes no multicast, and the other way round.
      if (unicastPeers.length > 0 !== instance.unicastPeers.length > 0) continue;
      if (unicastPeers.length > 0 && !unicastPeers.includes(known.address)) continue;
      if (!lan.hears(sender.host, host)) continue;
      this.#turn(receive(known, advert, nowMs), lan);
    }
  }
}

function keyOf({ host, instance }: Router): string {
  return `${host} ${instance.name}`;
}
