// One try of a probe: HTTP, TCP and gRPC from the node's network, commands inside the Pod. A gRPC service answers SERVING
// wherever a TCP port accepts. The time a try takes does not pass. Models pkg/probe/{http,tcp,grpc,exec}.
import type { GRPCAction, HTTPGetAction, Pod, Probe, TCPSocketAction } from '../api/types.ts';
import type { ProbeOutcome } from '../kubelet/runtime.ts';
import { type Addr, formatEndpoint, parseAddr } from '../net/addr.ts';
import { TCP } from '../net/packet.ts';
import type { DialResult } from '../node/dial.ts';
import { httpRequest, parseHttp, statusOf } from '../programs/http.ts';
import { decodeUtf8 } from '../programs/utf8.ts';
import { lookUp } from './clients.ts';
import { runnable } from './command.ts';
import { type DialText, dialFrom } from './dialling.ts';
import { execute } from './execute.ts';
import { probeDial } from './probe-memory.ts';
import type { State } from './state.ts';

const succeeded: ProbeOutcome = { kind: 'success', text: '' };
const failed = (text: string): ProbeOutcome => ({ kind: 'failure', text });

/** `probe`'s port is a number. */
export function probeOnce(state: State, pod: Pod, probe: Probe): ProbeOutcome {
  const { httpGet, tcpSocket, grpc, exec } = probe;
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  if (httpGet !== undefined) return overHttp(state, pod, httpGet, timeoutMs);
  if (tcpSocket !== undefined) return overTcp(state, pod, tcpSocket, timeoutMs);
  if (grpc !== undefined) return overGrpc(state, pod, grpc, timeoutMs);
  return byCommand(state, pod, exec?.command ?? [], timeoutMs);
}

function machineOf({ metadata }: Pod): string {
  return `pod/${metadata.namespace}/${metadata.name}`;
}

/** Known to the kubelet before it has reported it in the Pod's status. */
function addressOf(state: State, pod: Pod): Addr | undefined {
  const { fabric } = state.parts;
  const machine = machineOf(pod);
  if (!fabric.has(machine)) return undefined;
  const name = fabric.machineOf(machine);
  return fabric.addressOf(name, 0) ?? fabric.addressOf(name, 0n);
}

/** The Pod, or the host that the probe names: an address, or a name that the node resolves. */
function target(state: State, pod: Pod, host: string): Addr | undefined {
  if (host === '') return addressOf(state, pod);
  const literal = parseAddr(host);
  if (literal !== undefined) return literal;
  return parseAddr(lookUp(state, nodeOf(pod), host).addresses[0] ?? '');
}

function nodeOf(pod: Pod): string {
  return `node/${pod.spec.nodeName ?? ''}`;
}

function overHttp(state: State, pod: Pod, action: HTTPGetAction, timeoutMs: number): ProbeOutcome {
  const { host = '', path = '/', scheme = 'HTTP', httpHeaders = [] } = action;
  const port = Number(action.port);
  const to = target(state, pod, host);
  const shown = to === undefined ? `${host}:${port}` : hostPort(host, to, port);
  const url = `${scheme.toLowerCase()}://${shown}${path.startsWith('/') ? '' : '/'}${path}`;
  if (to === undefined) return failed(`Get "${url}": dial tcp: lookup ${host}: no such host`);
  const given = (name: string) =>
    httpHeaders.find((header) => header.name.toLowerCase() === name.toLowerCase())?.value;
  const others = httpHeaders.filter(({ name }) => name.toLowerCase() !== 'host');
  const { kubernetesVersion } = state.parts.spec;
  const message = httpRequest('GET', path, given('Host') ?? shown, [
    ...(given('User-Agent') === undefined ? [`User-Agent: kube-probe/${kubernetesVersion}`] : []),
    ...(given('Accept') === undefined ? ['Accept: */*'] : []),
    ...others.map(({ name, value }) => `${name}: ${value}`),
  ]);
  const request: DialText = { from: nodeOf(pod), proto: TCP, to, port, message, timeoutMs };
  const result = host === '' ? probeDial(state, request) : dialFrom(state, request);
  if (result.outcome === 'answered') return httpOutcome(result);
  const why = refusal(result);
  return failed(
    why === undefined
      ? `Get "${url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`
      : `Get "${url}": dial tcp ${formatEndpoint(to, port)}: ${why}`,
  );
}

function hostPort(host: string, to: Addr, port: number): string {
  return host === '' || parseAddr(host) !== undefined
    ? formatEndpoint(to, port)
    : `${host}:${port}`;
}

/** 200 to 399 is success. */
function httpOutcome(result: DialResult): ProbeOutcome {
  if (result.reply === null) return succeeded;
  const response = parseHttp(decodeUtf8(result.reply));
  const status = response === null ? 0 : statusOf(response);
  if (status >= 200 && status < 400) return succeeded;
  return failed(`HTTP probe failed with statuscode: ${status}`);
}

function overTcp(state: State, pod: Pod, action: TCPSocketAction, timeoutMs: number): ProbeOutcome {
  const { host = '' } = action;
  const port = Number(action.port);
  const to = target(state, pod, host);
  if (to === undefined) return failed(`dial tcp: lookup ${host}: no such host`);
  const request: DialText = { from: nodeOf(pod), proto: TCP, to, port, message: '', timeoutMs };
  const result = host === '' ? probeDial(state, request) : dialFrom(state, request);
  if (result.outcome === 'answered') return succeeded;
  return failed(`dial tcp ${formatEndpoint(to, port)}: ${refusal(result) ?? 'i/o timeout'}`);
}

/** A client that blocks until it is connected tells no refusal from silence. */
function overGrpc(state: State, pod: Pod, action: GRPCAction, timeoutMs: number): ProbeOutcome {
  const to = addressOf(state, pod);
  if (to === undefined) return failed('a pod without IP');
  const { port } = action;
  const request: DialText = { from: nodeOf(pod), proto: TCP, to, port, message: '', timeoutMs };
  if (probeDial(state, request).outcome === 'answered') return succeeded;
  const address = formatEndpoint(to, port);
  const within = `${timeoutMs / 1000}s`;
  return failed(
    `timeout: failed to connect service "${address}" within ${within}: context deadline exceeded`,
  );
}

/** undefined: no answer in time. */
function refusal(result: DialResult): string | undefined {
  switch (result.outcome) {
    case 'refused':
      return 'connect: connection refused';
    case 'unreachable':
      return 'connect: no route to host';
    default:
      return undefined;
  }
}

/** Its output is the message. Commands that only the image knows succeed (and are reported when the Pod is written). */
function byCommand(
  state: State,
  pod: Pod,
  command: readonly string[],
  timeoutMs: number,
): ProbeOutcome {
  const known = runnable(command);
  switch (known?.kind) {
    case undefined:
      return succeeded;
    case 'status':
      return known.exitCode === 0 ? succeeded : failed('');
    case 'connect': {
      const { host, port } = known;
      const from = machineOf(pod);
      const to = parseAddr(host) ?? parseAddr(lookUp(state, from, host).addresses[0] ?? '');
      if (to === undefined) return failed(`nc: bad address '${host}'\n`);
      const request: DialText = { from, proto: TCP, to, port, message: '', timeoutMs };
      return dialFrom(state, request).outcome === 'answered' ? succeeded : failed('');
    }
    case 'program': {
      const { exitCode, stdout, stderr } = execute(state, machineOf(pod), known.argv);
      return exitCode === 0 ? succeeded : failed(`${stdout}${stderr}`);
    }
  }
}
