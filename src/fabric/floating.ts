// Addresses that move between machines: who holds them is on the machines' devices, who gets their packets is what the
// neighbours' caches say, which is whose gratuitous ARP was the last. One cache stands for those of all neighbours.
import type { Addr } from '../net/addr.ts';
import { alone, type DeviceAddress, type Machine } from '../node/machine.ts';
import { Table } from '../sim/table.ts';
import { addressKey, addressOfKey, isDummy, UPLINK } from './wiring.ts';

export class Claims {
  /** Address -> machine. */
  readonly #last: Table<string>;

  constructor(last: Table<string> = new Table()) {
    this.#last = last;
  }

  fork(): Claims {
    return new Claims(this.#last.fork());
  }

  get writes(): number {
    return this.#last.writes;
  }

  /** All that were ever announced. */
  addresses(): readonly Addr[] {
    return this.#last.keys().map(addressOfKey);
  }

  /** Gratuitous ARP: what is for the address goes to this machine from now on, whether it keeps it or not. */
  claim(machine: string, address: Addr): void {
    if (this.of(address) !== machine) this.#last.set(addressKey(address), machine);
  }

  /** The machine that announced the address last; undefined: nobody did. */
  of(address: Addr): string | undefined {
    return this.#last.size === 0 ? undefined : this.#last.get(addressKey(address));
  }
}

/** A machine whose LAN device holds exactly these floating addresses, behind its own ones. */
export function withFloating(machine: Machine, addresses: readonly Addr[]): Machine {
  const floating = addresses.map((own) => ({ ...alone(own), floating: true as const }));
  return {
    ...machine,
    devices: machine.devices.map((device) =>
      device.name === UPLINK
        ? { ...device, addresses: [...device.addresses.filter(isFixed), ...floating] }
        : device,
    ),
  };
}

/** The addresses that are the machine's alone: those on its wires that do not float. */
export function ownAddresses({ devices }: Machine): readonly Addr[] {
  return devices
    .filter((device) => !isDummy(device))
    .flatMap(({ addresses }) => addresses.filter(isFixed).map((own) => own.addr));
}

function isFixed({ floating }: DeviceAddress): boolean {
  return floating !== true;
}
