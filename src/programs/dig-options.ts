// dig's command line: global options until the first name, then those of the latest one, as bin/dig/dig.c of BIND 9.18
// reads them. Options that are known to dig and not modelled here are refused by name.

import { parseType } from '../dns/message/message.ts';
import { reverseName } from '../dns/message/name.ts';
import { CLASSES } from '../dns/message/types.table.ts';
import { parseAddr } from '../net/addr.ts';
import { digPlus, unmodelledDashes, unmodelledPlus } from './dig-options.table.ts';

export interface DigLookup {
  name: string;
  type: number;
  typeSet: boolean;
  class: number;
  /** The word after `@`, of this name or of all. */
  server: string | null;
  tcp: boolean;
  tcpSet: boolean;
  recurse: boolean;
  ad: boolean;
  cd: boolean;
  edns: boolean;
  udpSize: number;
  dnssec: boolean;
  cookie: boolean;
  nsid: boolean;
  /** Of `IXFR=SERIAL`; null: no such. */
  ixfrSerial: number | null;
  ignoresTc: boolean;
  identify: boolean;
  question: boolean;
  answer: boolean;
  authority: boolean;
  additional: boolean;
  comments: boolean;
  stats: boolean;
  ttl: boolean;
  showsClass: boolean;
  tries: number;
}

export interface DigPlan {
  readonly lookups: DigLookup[];
  short: boolean;
  cmd: boolean;
  usesSearch: boolean;
  ndots: number | null;
  domain: string | null;
  timeoutMs: number | null;
  port: number;
  family: 4 | 6 | null;
  /** The server that stood before the first name, which the banner counts. */
  bannerServer: string | null;
  /** Warnings, on standard error. */
  warnings: string;
}

/** dig ends at once: what it prints, and its exit status. */
export class DigRefusal extends Error {
  readonly stdout: string;
  readonly exitCode: number;

  constructor(text: string, exitCode: number, stdout = '') {
    super(text);
    this.exitCode = exitCode;
    this.stdout = stdout;
  }
}

const usage = `Usage:  dig [@global-server] [domain] [q-type] [q-class] {q-opt}
            {global-d-opt} host [@local-server] {local-d-opt}
            [ host [@local-server] {local-d-opt} [...]]

Use "dig -h" (or "dig -h | more") for complete list of options
`;

function base(): DigLookup {
  return {
    name: '',
    type: 1,
    typeSet: false,
    class: 1,
    server: null,
    tcp: false,
    tcpSet: false,
    recurse: true,
    ad: true,
    cd: false,
    edns: true,
    udpSize: 1232,
    dnssec: false,
    cookie: true,
    nsid: false,
    ixfrSerial: null,
    ignoresTc: false,
    identify: false,
    question: true,
    answer: true,
    authority: true,
    additional: true,
    comments: true,
    stats: true,
    ttl: true,
    showsClass: true,
    tries: 3,
  };
}

const AXFR = 252;
const IXFR = 251;

export function parseDig(args: readonly string[]): DigPlan {
  return new Parser(args).run();
}

class Parser {
  readonly #args: readonly string[];
  readonly #global = base();
  readonly #plan: DigPlan = {
    lookups: [],
    short: false,
    cmd: true,
    usesSearch: false,
    ndots: null,
    domain: null,
    timeoutMs: null,
    port: 53,
    family: null,
    bannerServer: null,
    warnings: '',
  };
  /** What options apply to. */
  #lookup: DigLookup = this.#global;
  /** Words may be a type or class. */
  #open = true;

  constructor(args: readonly string[]) {
    this.#args = args;
  }

  run(): DigPlan {
    for (let i = 0; i < this.#args.length; i++) {
      const arg = this.#args[i] ?? '';
      if (arg.startsWith('@')) this.#lookup.server = arg.slice(1);
      else if (arg.startsWith('+')) this.#plus(arg);
      else if (arg.startsWith('-')) {
        if (this.#dash(arg, this.#args[i + 1])) i++;
      } else this.#word(arg);
    }
    if (this.#plan.lookups.length === 0) {
      this.#global.type = 2;
      this.#name('.');
    }
    return this.#plan;
  }

  #name(name: string, more: Partial<DigLookup> = {}): void {
    this.#lookup = { ...this.#global, name, ...more };
    if (this.#plan.lookups.length === 0) this.#plan.bannerServer = this.#global.server;
    this.#plan.lookups.push(this.#lookup);
  }

  #word(arg: string): void {
    const [, serial] = (this.#open ? /^ixfr=(\d+)$/i.exec(arg) : null) ?? [];
    if (serial !== undefined) {
      this.#lookup.ixfrSerial = Number(serial) >>> 0;
      this.#type(IXFR);
      return;
    }
    const type = this.#open ? parseType(arg) : undefined;
    const cls = this.#open ? CLASSES[arg.toUpperCase()] : undefined;
    if (type !== undefined) {
      if (this.#lookup.typeSet) this.#plan.warnings += ';; Warning, extra type option\n';
      this.#type(type);
    } else if (cls !== undefined) this.#lookup.class = cls;
    else this.#name(arg);
  }

  #type(type: number): void {
    const lookup = this.#lookup;
    lookup.type = type;
    lookup.typeSet = true;
    if ([255, AXFR, IXFR].includes(type) && !lookup.tcpSet) lookup.tcp = true;
    if (type === AXFR || lookup.ixfrSerial !== null)
      Object.assign(lookup, { question: false, comments: false });
  }

  /** True: the next word was the value. */
  #dash(arg: string, next: string | undefined): boolean {
    const letter = arg[1] ?? '';
    if (arg === '-4' || arg === '-6') {
      this.#plan.family = arg === '-4' ? 4 : 6;
      return false;
    }
    if (arg === '-r' || arg === '-u') return this.#unmodelledUnless(arg === '-r', arg);
    if (unmodelledDashes.includes(letter)) return this.#unmodelledUnless(false, `-${letter}`);
    if (!'tqxpc'.includes(letter) || letter === '') {
      throw new DigRefusal(`Invalid option: ${arg}\n${usage}`, 1);
    }
    const value = arg.length > 2 ? arg.slice(2) : next;
    if (value === undefined) throw new DigRefusal(`Invalid option: ${arg}\n${usage}`, 1);
    this.#value(letter, value);
    return arg.length === 2;
  }

  #unmodelledUnless(isFine: boolean, option: string): boolean {
    if (isFine) return false;
    throw new DigRefusal(`dig: ${option} is not modelled\n`, 1);
  }

  #value(letter: string, value: string): void {
    switch (letter) {
      case 't': {
        this.#open = false;
        const type = parseType(value);
        if (type === undefined) {
          this.#plan.warnings += `;; Warning, ignoring invalid type ${value}\n`;
        } else this.#type(type);
        return;
      }
      case 'c': {
        this.#open = false;
        const cls = CLASSES[value.toUpperCase()];
        if (cls === undefined) {
          this.#plan.warnings += `;; Warning, ignoring invalid class ${value}\n`;
        } else this.#lookup.class = cls;
        return;
      }
      case 'q':
        this.#name(value);
        return;
      case 'p':
        if (!/^\d+$/.test(value) || Number(value) > 65_535) {
          const why = /^\d+$/.test(value) ? 'out of range' : 'not a valid number';
          const stdout = `invalid port number '${value}': ${why}\n`;
          throw new DigRefusal("dig: Couldn't parse port number\n", 1, stdout);
        }
        this.#plan.port = Number(value);
        return;
      default:
        this.#reverse(value);
    }
  }

  /** `-x`: whatever is no IPv6 address is turned round at its dots. */
  #reverse(value: string): void {
    const addr = parseAddr(value);
    const name =
      typeof addr === 'bigint'
        ? reverseName(addr)
        : `${value.split('.').reverse().join('.')}.in-addr.arpa.`;
    this.#name(name, this.#global.typeSet ? {} : { type: 12, typeSet: true });
  }

  #plus(arg: string): void {
    const [word = '', value] = arg.slice(1).split('=');
    const isOff = word.startsWith('no') && !Object.hasOwn(digPlus, word);
    const name = isOff ? word.slice(2) : word;
    const lookup = this.#lookup;
    if (this.#number(name, value, isOff)) return;
    if (name === 'domain' && value !== undefined) {
      this.#plan.domain = value;
      this.#plan.usesSearch = true;
    } else if (name === 'all') this.#all(!isOff);
    else if (name === 'short') this.#short(!isOff);
    else if (name === 'cmd') this.#plan.cmd = !isOff;
    else if (name === 'search' || name === 'defname') this.#plan.usesSearch = !isOff;
    else if (name === 'edns' && value === '0') lookup.edns = true;
    else if (value === undefined && Object.hasOwn(digPlus, name)) {
      const [key, reversed] = digPlus[name] ?? ['ad', false];
      lookup[key] = isOff === reversed;
      if (key === 'tcp') lookup.tcpSet = true;
      // DNSSEC goes into the OPT record.
      if (key === 'dnssec' && !isOff) lookup.edns = true;
    } else if (unmodelledPlus.includes(name))
      throw new DigRefusal(`dig: ${arg} is not modelled\n`, 1);
    else throw new DigRefusal(`Invalid option: ${arg}\n${usage}`, 1);
  }

  #number(name: string, value: string | undefined, isOff: boolean): boolean {
    if (!['time', 'timeout', 'tries', 'retry', 'ndots', 'bufsize'].includes(name)) return false;
    if (name === 'bufsize' && value === undefined) {
      this.#lookup.udpSize = 1232;
      return true;
    }
    const number = /^\d+$/.test(value ?? '') ? Number(value) : null;
    if (number === null || isOff) throw new DigRefusal(`dig: Couldn't parse ${name}\n`, 1);
    if (name === 'time' || name === 'timeout') this.#plan.timeoutMs = 1000 * Math.max(1, number);
    else if (name === 'tries') this.#lookup.tries = Math.max(1, number);
    else if (name === 'retry') this.#lookup.tries = number + 1;
    else if (name === 'ndots') this.#plan.ndots = number;
    else {
      this.#lookup.udpSize = Math.max(512, number);
      this.#lookup.edns = true;
    }
    return true;
  }

  #all(isOn: boolean): void {
    const { question, answer, authority, additional, comments, stats } = allOf(isOn);
    Object.assign(this.#lookup, { question, answer, authority, additional, comments, stats });
    this.#plan.cmd = isOn;
  }

  #short(isOn: boolean): void {
    this.#plan.short = isOn;
    if (!isOn) return;
    this.#all(false);
    this.#lookup.answer = true;
  }
}

function allOf(isOn: boolean) {
  const [question, answer, authority, additional] = [isOn, isOn, isOn, isOn];
  return { question, answer, authority, additional, comments: isOn, stats: isOn };
}
