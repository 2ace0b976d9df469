// The node as its kube-proxy may change it: addresses, sockets, sysctls, connections, timers. Acts on the fabric at
// once; decides nothing. A mode asks for it by the interface of src/proxy/mode.ts.
import type { Family } from '../net/addr.ts';
import { type Addr, familyOf } from '../net/addr.ts';
import type { Device, nodeSysctls } from '../node/machine.ts';
import type { ProxyMachine } from '../proxy/mode.ts';
import type { State } from './state.ts';

/** Programs of kube-proxy's own sockets begin so: they end with the process. */
export const proxyProgram = 'kube-proxy/';

export function proxyMachine(state: State, node: string, family: Family): ProxyMachine {
  const { fabric, engine, proxies } = state.parts;
  const name = `node/${node}`;
  const addressesOf = (isMeant: (device: string) => boolean): readonly Addr[] => {
    const devices = fabric.machine(name)?.devices.filter((d) => isMeant(d.name)) ?? [];
    const [only, ...others] = devices.map((device) => addressesIn(device, family));
    return others.length === 0 ? (only ?? []) : [...(only ?? []), ...others.flat()];
  };
  return {
    nowMs: state.nowMs,
    choices: state.choices,
    get ipvs() {
      return fabric.ipvs(name, family);
    },
    addresses: (device) => addressesOf((other) => other === device),
    addressesExcept: (device) => addressesOf((other) => other !== device),
    setDummy: (device, addresses) => {
      const others = fabric.machine(name)?.devices.find((d) => d.name === device)?.addresses ?? [];
      const kept = others.map(({ addr }) => addr).filter((addr) => familyOf(addr) !== family);
      fabric.setDummy(name, device, [...kept, ...addresses]);
    },
    removeDevice: (device) => fabric.removeDevice(name, device),
    setSysctl: (path, value) => setSysctl(state, node, path, value),
    listen: ({ proto, address, port, program, data }) =>
      fabric.listen(name, { proto, addr: address, port, program, data, assumed: false }),
    unlisten: ({ proto, address, port }) =>
      fabric.unlisten(
        name,
        (socket) =>
          socket.program.startsWith(proxyProgram) &&
          socket.proto === proto &&
          socket.addr === address &&
          socket.port === port,
      ),
    deleteFlows: (isDead) =>
      fabric.deleteFlows(
        name,
        (flow) => familyOf(flow.original.dst) === family && isDead(flow),
        state.nowMs,
      ),
    after: (ms, key) => {
      const dueMs = state.nowMs + ms;
      proxies.setTimer(`${node} ${family} ${key}`, dueMs);
      engine.call('proxy-timer', { node, family, key, dueMs }, ms, true);
    },
  };
}

const known = new WeakMap<Device, Map<Family, readonly Addr[]>>();

/** The same list for the same device: one of kube-proxy's can hold an address for each Service. */
function addressesIn(device: Device, family: Family): readonly Addr[] {
  const lists = known.get(device) ?? new Map<Family, readonly Addr[]>();
  known.set(device, lists);
  let list = lists.get(family);
  if (list === undefined) {
    list = device.addresses.map(({ addr }) => addr).filter((addr) => familyOf(addr) === family);
    lists.set(family, list);
  }
  return list;
}

/** Those of kube-proxy's sysctls that change an answer here. */
const answering: Readonly<Record<string, keyof typeof nodeSysctls>> = {
  'net/ipv4/conf/all/route_localnet': 'routeLocalnet',
  'net/ipv4/ip_forward': 'forward',
};

export function setSysctl(state: State, node: string, path: string, value: string): void {
  const name = answering[path];
  if (name !== undefined) state.parts.fabric.setSysctls(node, { [name]: value !== '0' });
}
