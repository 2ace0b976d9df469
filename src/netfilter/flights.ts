// Which flow each packet in flight belongs to: what the kernel keeps in the packet's buffer. One machine has one packet
// under way nearly always, so the newest stands in a field; only one that is pushed aside goes into the weak map.
import type { Packet } from '../net/packet.ts';
import type { Flight } from './conntrack.ts';

export class Flights {
  #packet: Packet | null = null;
  #flight: Flight | undefined = undefined;
  /** The newest packet is through: nobody will ask for its flow again. */
  #isThrough = false;
  #aside: WeakMap<Packet, Flight> | null = null;

  get(packet: Packet): Flight | undefined {
    return packet === this.#packet ? this.#flight : this.#aside?.get(packet);
  }

  set(packet: Packet, flight: Flight): void {
    if (this.#packet !== null && this.#packet !== packet && !this.#isThrough) {
      if (this.#flight !== undefined) {
        this.#aside ??= new WeakMap();
        this.#aside.set(this.#packet, this.#flight);
      }
    }
    this.#aside?.delete(packet);
    this.#packet = packet;
    this.#flight = flight;
    this.#isThrough = false;
  }

  delete(packet: Packet): void {
    if (packet === this.#packet) {
      this.#packet = null;
      this.#flight = undefined;
    }
    this.#aside?.delete(packet);
  }

  /** The packet leaves this machine or reached its socket. It is still known until the next one comes. */
  through(packet: Packet): void {
    if (packet === this.#packet) this.#isThrough = true;
    else this.#aside?.delete(packet);
  }
}
