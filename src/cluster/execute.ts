// Runs a command inside a Pod's container, or on a node: gives the command the machine's network, resolver and files.
import type { Pod } from '../api/types.ts';
import type { Source } from '../dns/resolver/sort.ts';
import { exchanged } from '../fabric/dial.ts';
import { isBridge, UPLINK } from '../fabric/wiring.ts';
import { commandLineOf, environmentOf } from '../kubelet/happen.ts';
import { type Addr, addr, familyOf, parseAddr } from '../net/addr.ts';
import { formatResolvConf } from '../net/resolv-conf.ts';
import { saveText } from '../netfilter/iptables-text/print.ts';
import { composeRules } from '../netfilter/ruleset.ts';
import type { DialResult, Pinged } from '../node/dial.ts';
import type { Device } from '../node/machine.ts';
import type { DeviceView } from '../programs/ip.ts';
import type { KernelAnswer, KernelRequest } from '../programs/kernel-request.ts';
import type { NameResult, ProcessContext } from '../programs/process.ts';
import { runCommand } from '../programs/programs.ts';
import { clientDial, clientPing } from './carrier.ts';
import { lookUp } from './clients.ts';
import type { ExecResult, RulesFormat } from './cluster.ts';
import { answerOn, answerOnMachine } from './kernel-tools.ts';
import { podOf } from './machines.ts';
import { nameServiceOf, sourceFrom } from './name-service.ts';
import { podFiles } from './pod-files.ts';
import { printRules } from './print-rules.ts';
import { procFile } from './proc-files.ts';
import type { State } from './state.ts';

export function execute(state: State, machine: string, argv: readonly string[]): ExecResult {
  return runCommand(argv, new Process(state, machine));
}

/** The environment of a Pod's container; of a node an empty one. */
export function environmentIn(
  state: State,
  machine: string,
  container?: string,
): Readonly<Record<string, string>> {
  return environmentOf(machine.replace(/^pod\//, ''), container, state.parts.kubelets) ?? {};
}

class Process implements ProcessContext {
  readonly machine: string;
  readonly hostname: string;
  readonly env: Readonly<Record<string, string>>;
  readonly resolver: ProcessContext['resolver'];
  readonly image: string;
  readonly print?: (what: string) => string;
  readonly journal?: (unit: string) => readonly string[];
  readonly kernel?: (request: KernelRequest) => KernelAnswer;
  readonly #state: State;
  readonly #files: ReadonlyMap<string, string>;
  /** What waiting has cost up to now. */
  readonly #beganMs: number;
  #elapsedMs = 0;
  /** Tells this process's echoes from others. */
  #pingId: number | undefined;

  constructor(state: State, machine: string) {
    this.machine = machine;
    this.#state = state;
    this.#beganMs = state.nowMs;
    if (machine.startsWith('node/')) {
      const node = machine.slice('node/'.length);
      this.print = (what) => printOn(state, node, what);
      this.kernel = (request) => answerOn(state, node, request);
    }
    if (isDocumentHost(state, machine)) {
      const host = machine.slice('host/'.length);
      const families = [familyOf(state.parts.fabric.addressOf(machine, 0) ?? 0n)];
      this.print = () => printOnHost(state, machine);
      this.kernel = (request) => answerOnMachine(state, machine, families, request);
      this.journal = (unit) => (unit === 'keepalived' ? state.parts.directors.journalOf(host) : []);
    }
    const pod = podOf(state, machine);
    const { conf, kind, hosts } = nameServiceOf(state, machine);
    this.resolver = kind;
    this.image = pod?.spec.containers[0]?.image ?? '';
    this.env = environmentIn(state, machine);
    this.hostname = hostnameOf(state, machine, pod);
    const argv = pod === undefined ? undefined : commandLineOf(pod, state.parts.kubelets);
    this.#files = new Map([
      ...(argv === undefined
        ? []
        : [['/proc/1/cmdline', argv.map((word) => `${word}\0`).join('')] as const]),
      ['/etc/resolv.conf', formatResolvConf(conf)],
      ['/etc/hosts', hosts],
      ['/etc/hostname', `${this.hostname}\n`],
    ]);
  }

  get nowMs(): number {
    return this.#beganMs + this.#elapsedMs;
  }

  readFile(path: string): string | undefined {
    if (!this.machine.startsWith('node/')) return this.#files.get(path);
    const node = this.machine.slice('node/'.length);
    return this.#files.get(path) ?? procFile(this.#state, node, path);
  }

  dial(
    ...[proto, to, port, message, timeoutMs, more = {}]: Parameters<ProcessContext['dial']>
  ): DialResult {
    const { atMs, port: sourcePort, atOnce = false } = more;
    const request = { from: this.machine, proto, to, port, message, timeoutMs };
    const full = sourcePort === undefined ? request : { ...request, sourcePort };
    if (atMs !== undefined) {
      const races = atOnce && this.#state.racing.has(this.machine);
      return clientDial(this.#state, full, atMs - this.#state.nowMs, races);
    }
    const result = clientDial(this.#state, full, this.nowMs - this.#state.nowMs);
    this.#elapsedMs += result.elapsedMs;
    return result;
  }

  devices(): readonly DeviceView[] {
    const { fabric } = this.#state.parts;
    const machine = fabric.machine(fabric.machineOf(this.machine));
    return [loopbackDevice, ...(machine?.devices ?? []).map(deviceView)];
  }

  sourceOf(to: Addr): Source | undefined {
    return sourceFrom(this.#state, this.machine)(to);
  }

  exchange(...[proto, to, port, message, timeoutMs]: Parameters<ProcessContext['exchange']>) {
    return exchanged(this.dial(proto, to, port, message, timeoutMs));
  }

  ping(to: Parameters<ProcessContext['ping']>[0]): Pinged {
    this.#pingId ??= this.#state.parts.fabric.takePort(
      this.#state.parts.fabric.machineOf(this.machine),
    );
    return clientPing(this.#state, this.machine, to, this.#pingId, this.nowMs - this.#state.nowMs);
  }

  wait(ms: number): void {
    this.#elapsedMs += ms;
  }

  resolve(name: string): NameResult {
    const literal = parseAddr(name);
    if (literal !== undefined) return { kind: 'addresses', addresses: [literal], elapsedMs: 0 };
    const { outcome, addresses, error, elapsedMs } = lookUp(this.#state, this.machine, name);
    this.#elapsedMs += elapsedMs;
    if (outcome !== 'answered') {
      const failed = { kind: 'failed', outcome, elapsedMs } as const;
      return error ? { ...failed, error } : failed;
    }
    return {
      kind: 'addresses',
      addresses: addresses.flatMap((a) => parseAddr(a) ?? []),
      elapsedMs,
    };
  }
}

const loopbackDevice: DeviceView = {
  name: 'lo',
  kind: 'loopback',
  addresses: [{ address: addr('127.0.0.1'), bits: 8 }],
};

function deviceView({ name, wire, addresses }: Device): DeviceView {
  const kind = wire === '' ? 'dummy' : name !== UPLINK && isBridge(wire) ? 'bridge' : 'port';
  const own = addresses.map(({ addr: address, subnet: { bits } }) => ({ address, bits }));
  return { name, kind, addresses: own };
}

/** What a tool that reads the node's kernel prints. */
function printOn(state: State, node: string, what: string): string {
  return printRules(state, node, { format: what as RulesFormat });
}

/** Whether it is a host of the Cluster document, whose kernel and units can be looked at. */
function isDocumentHost({ parts }: State, machine: string): boolean {
  return parts.spec.hosts.some(({ name }) => machine === `host/${name}`);
}

/** The same of an outside host. */
function printOnHost(state: State, machine: string): string {
  const { fabric } = state.parts;
  const family = familyOf(fabric.addressOf(machine, 0) ?? 0n);
  return saveText(fabric.netfilter(machine, family)?.rules ?? composeRules(family, []));
}

function hostnameOf(state: State, machine: string, pod: Pod | undefined): string {
  return pod === undefined
    ? machine.slice(machine.indexOf('/') + 1)
    : podFiles(state, pod).hostname;
}
