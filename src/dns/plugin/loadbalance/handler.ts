// Puts the records of a reply into another order (CoreDNS plugin/loadbalance/handler.go). Despite its name the policy
// `round_robin` is a random order for every reply; `weighted` draws the first address alone. The weight file is read
// again when a query comes after its time; upstream a ticker does it.

import { formatGoDuration } from '../../../api/go-duration.ts';
import type { Cidr } from '../../../net/cidr.ts';
import { atLeast, type CoreDnsVersion } from '../../kubeadm/version.ts';
import { isTransfer, type Message, type ResourceRecord, typeName } from '../../message/message.ts';
import {
  type DnsRequest,
  type Handler,
  type Next,
  type Served,
  type Turn,
  withReply,
} from '../../plugin.ts';
import { preferred, shuffled, weighted } from './reorder.ts';
import { parseWeights, type Weights } from './weights.ts';

export interface WeightFile {
  readonly path: string;
  /** 0: it is read once. */
  readonly reloadMs: number;
}

export interface LoadbalanceOptions {
  readonly version: CoreDnsVersion;
  /** null: round_robin. */
  readonly file: WeightFile | null;
  readonly prefer: readonly Cidr[];
}

/** What was read of the weight file. */
interface Read {
  readonly text: string;
  readonly weights: Weights;
}

/** What one look at the weight file brings: null, nothing new. */
type Looked = { readonly read: Read } | { readonly error: string } | null;

/** Replies to other questions keep their order where there are weights. */
const weightedTypes = ['A', 'AAAA', 'SRV'];

const unread: Read = { text: '', weights: new Map() };

export class LoadbalanceHandler implements Handler {
  readonly name = 'loadbalance';
  readonly #options: LoadbalanceOptions;
  #read: Read;
  /** When the process started, and how often the file has been looked at since; null: not known yet. */
  #startMs: number | null;
  #looks = 0;

  constructor(
    options: LoadbalanceOptions,
    read = unread,
    startMs: number | null = null,
    looks = 0,
  ) {
    this.#options = options;
    this.#read = read;
    this.#startMs = startMs;
    this.#looks = looks;
  }

  fork(): LoadbalanceHandler {
    return new LoadbalanceHandler(this.#options, this.#read, this.#startMs, this.#looks);
  }

  started(turn: Turn): null {
    this.#startMs = turn.nowMs();
    return null;
  }

  /** The first look at the file; a text: the process cannot start. */
  open(readFile: (path: string) => string | undefined, log: (line: string) => void): string | null {
    const { file, version } = this.#options;
    if (file === null) return null;
    const text = readFile(file.path);
    const missing = atLeast(version, '1.12.2')
      ? 'weight file open error'
      : 'Weight file open error';
    if (text === undefined) {
      if (file.reloadMs === 0) return missing;
      const again = `Will try again in ${formatGoDuration(file.reloadMs)}`;
      log(`[WARNING] plugin/loadbalance: Failed to open weight file:${missing}. ${again}`);
      return null;
    }
    return this.#take(this.#look(text), log);
  }

  serve(request: DnsRequest, next: Next): Served {
    const served = next(request);
    const { reply } = served;
    const { type } = request.question;
    if (reply === null || reply.rcode !== 0 || isTransfer(type)) return served;
    this.#lookAgain(request.turn);
    const ordered = this.#reordered(reply, type, request.turn);
    return ordered === reply ? served : withReply(served, ordered);
  }

  #reordered(reply: Message, type: number, { environment }: Turn): Message {
    const { file, prefer } = this.#options;
    const { choices } = environment;
    let { answers, authority, additional } = reply;
    if (file === null) {
      // Nothing to draw: the reply stays what it is.
      if (Math.max(answers.length, authority.length, additional.length) < 2) return reply;
      answers = shuffled(answers, choices);
      authority = shuffled(authority, choices);
      additional = shuffled(additional, choices);
    } else if (weightedTypes.includes(typeName(type))) {
      answers = weighted(answers, this.#read.weights, choices);
      additional = weighted(additional, this.#read.weights, choices);
    }
    const last = (list: readonly ResourceRecord[]) =>
      prefer.length === 0 ? list : preferred(list, prefer);
    return { ...reply, answers: last(answers), authority, additional: last(additional) };
  }

  #lookAgain(turn: Turn): void {
    const { file, version } = this.#options;
    if (file === null || file.reloadMs <= 0) return;
    const { environment } = turn;
    const nowMs = turn.nowMs();
    this.#startMs ??= nowMs;
    const looks = Math.floor((nowMs - this.#startMs) / file.reloadMs);
    if (looks <= this.#looks) return;
    this.#looks = looks;
    const text = environment.readFile(file.path);
    const missing = atLeast(version, '1.12.2')
      ? 'weight file open error'
      : 'Weight file open error';
    const log = (line: string) => environment.log(line);
    const error = text === undefined ? missing : this.#take(this.#look(text), log);
    if (error !== null) log(`[ERROR] plugin/loadbalance: ${error}`);
  }

  #look(text: string): Looked {
    const { file, version } = this.#options;
    if (text === this.#read.text || file === null) return null;
    const weights = parseWeights(text, file.path, version);
    if (typeof weights !== 'string') return { read: { text, weights } };
    // The same text is not read twice.
    this.#read = { ...this.#read, text };
    return { error: weights };
  }

  #take(looked: Looked, log: (line: string) => void): string | null {
    if (looked === null) return null;
    if ('error' in looked) return looked.error;
    this.#read = looked.read;
    const path = this.#options.file?.path ?? '';
    log(`[INFO] plugin/loadbalance: Successfully reloaded weight file ${path}`);
    return null;
  }
}
