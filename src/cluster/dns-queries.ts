// A DNS message that comes from outside of the simulation (`svcspec serve`): either straight into a CoreDNS that is
// ready, as its sender's address, or as packets from a machine of the cluster to the nameserver of its resolv.conf.
// What is answered is the DNS server's work; no answer is one of the results.
import { exchanged } from '../fabric/dial.ts';
import { formatAddr } from '../net/addr.ts';
import { TCP } from '../net/packet.ts';
import type { Peer } from '../node/program.ts';
import { clientDial } from './carrier.ts';
import type { DnsAnswer } from './cluster.ts';
import { dialFrom } from './dialling.ts';
import { machineFor, podOf } from './machines.ts';
import { nameServiceOf } from './name-service.ts';
import type { State } from './state.ts';

/** Why nobody is answered without `from`. */
export const noServer = 'no CoreDNS Pod is ready';

/** What dig waits for an answer. */
const timeoutMs = 5_000;
const dnsPort = 53;

/** One message to a CoreDNS that is ready: to the one asked before as long as it stays so, else to the first
 * by name, those of kubeadm's Service before others. */
export function askReady(state: State, message: Uint8Array, client: Peer): DnsAnswer {
  const machine = readyServer(state);
  if (machine === undefined) return silent(noServer);
  const { reply, more, elapsedMs } = state.parts.dns.server(state, machine).serve(message, {
    client,
    nowMs: state.nowMs,
    port: dnsPort,
    exchange: (proto, to, port, bytes, waitMs) => {
      const request = { from: machine, proto, to, port, message: bytes, timeoutMs: waitMs };
      return exchanged(dialFrom(state, request));
    },
  });
  if (reply === null) return silent(`${machine} ignores such a message`);
  return { replies: more === undefined ? [reply] : [reply, ...more], elapsedMs, why: '' };
}

/** One message as packets from a machine; its addresses are what the server sees. */
export function askFrom(state: State, message: Uint8Array, client: Peer, from: string): DnsAnswer {
  const machine = machineFor(state, from);
  const [server] = nameServiceOf(state, machine).conf.nameservers;
  if (server === undefined) return silent(`${machine} has no nameserver in its resolv.conf`);
  const { proto } = client;
  const request = { from: machine, proto, to: server, port: dnsPort, message, timeoutMs };
  const result = exchanged(clientDial(state, request));
  const { elapsedMs } = result;
  if (result.kind === 'reply') {
    return { replies: [result.message, ...(result.more ?? [])], elapsedMs, why: '' };
  }
  const how = proto === TCP ? 'TCP' : 'UDP';
  const why = `${result.kind}: ${machine} to ${formatAddr(server)}:${dnsPort}/${how}`;
  return { replies: [], elapsedMs, why };
}

function silent(why: string): DnsAnswer {
  return { replies: [], elapsedMs: 0, why };
}

/** Per cluster: the machine that was asked last, and its Pod as it was then. Any change of it may mean unready. */
const asked = new WeakMap<State, { readonly machine: string; readonly pod: object }>();

function readyServer(state: State): string | undefined {
  const { dns } = state.parts;
  const last = asked.get(state);
  // A process may end while no kubelet is there to say so.
  const goesOn = last !== undefined && dns.run(last.machine) !== undefined;
  if (goesOn && podOf(state, last.machine) === last.pod) return last.machine;
  // One that ends goes on answering in its lameduck time, but no Service leads there.
  const ready = (machine: string) => {
    const { metadata, status } = podOf(state, machine) ?? {};
    if (metadata?.deletionTimestamp !== undefined) return false;
    return status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True');
  };
  const all = dns.machines().filter(ready);
  const machine =
    all.find((one) => one === last?.machine) ??
    all.find((one) => podOf(state, one)?.metadata.labels?.['k8s-app'] === 'kube-dns') ??
    all[0];
  const pod = machine === undefined ? undefined : podOf(state, machine);
  if (machine === undefined || pod === undefined) return undefined;
  asked.set(state, { machine, pod });
  return machine;
}
