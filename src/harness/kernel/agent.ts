// The wire to agent.pl: starts it in namespaces of its own, sends lines and reads answers without ever yielding to the
// event loop, because everything a cluster does is synchronous. Two FIFOs carry the text; when this process ends, the
// agent reads the end of its input, and with it the lab is gone.
import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('./agent.pl', import.meta.url));
const unshareArgs = ['-n', '-m', '--pid', '--fork', '--kill-child', '--mount-proc'] as const;
const chunkBytes = 65_536;
/** Tools beside each other. */
const toolsMax = 8;

/** What a tool said that ran inside. */
export interface Ran {
  readonly status: number;
  /** Standard output and error as they came. */
  readonly said: string;
}

/** A command in a namespace, with its standard input. */
export interface Tool {
  readonly space: number;
  readonly argv: readonly string[];
  readonly input: string;
}

/** A line for the agent, whose answer begins with a verb and holds what failed, if anything did. */
export interface Command {
  readonly words: readonly (string | number)[];
  readonly verb: string;
  /** What could not be done. */
  readonly about: string;
}

/** What it printed; Error with that where it failed. */
export function saidBy(argv: readonly string[], { status, said }: Ran): string {
  if (status === 0) return said;
  throw new Error(`${argv.join(' ')} failed with ${status}: ${said.trim()}`);
}

export class Agent {
  readonly #to: number;
  readonly #from: number;
  readonly #errors: string;
  #buffer = Buffer.alloc(0);
  #ended = false;

  constructor() {
    const folder = mkdtempSync(join(tmpdir(), 'svcspec-'));
    this.#errors = join(folder, 'errors');
    const [ours, theirs] = ['to', 'from'].map((name) => fifo(join(folder, name)));
    if (ours === undefined || theirs === undefined) throw new Error('mkfifo failed');
    const errors = openSync(this.#errors, 'w');
    const child = spawn('unshare', [...unshareArgs, 'perl', script], {
      stdio: [ours.read, theirs.write, errors],
    });
    child.unref();
    child.on('error', () => {});
    for (const fd of [ours.read, theirs.write, errors]) closeSync(fd);
    this.#to = ours.write;
    this.#from = theirs.read;
    try {
      const line = this.line();
      if (line[0] !== 'ready') throw new Error(`the lab's agent said "${line.join(' ')}"`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Sends one command; `text` follows it as it is. */
  send(words: readonly (string | number)[], text = ''): void {
    writeAll(this.#to, Buffer.from(`${words.join('\t')}\n${text}`));
  }

  /** The next answer's words. Throws when the agent has died. */
  line(): readonly string[] {
    let end = this.#buffer.indexOf(10);
    while (end < 0) {
      this.#fill();
      end = this.#buffer.indexOf(10);
    }
    const words = this.#buffer.toString('utf8', 0, end).split('\t');
    this.#buffer = this.#buffer.subarray(end + 1);
    if (words[0] === 'died') throw new Error(`the lab failed: ${words[1]}`);
    return words;
  }

  /** One command and its one answer, which must begin with `verb`. */
  ask(words: readonly (string | number)[], verb: string): readonly string[] {
    this.send(words);
    return this.expect(verb);
  }

  /** Several such commands at once; the first text that an answer holds against one, with what it was about. */
  askAll(commands: readonly Command[]): void {
    for (const { words } of commands) this.send(words);
    const failed = commands.flatMap(({ verb, about }) => {
      const [why = ''] = this.expect(verb);
      return why === '' ? [] : [`${about}: ${why}`];
    });
    if (failed.length > 0) throw new Error(failed[0]);
  }

  expect(verb: string): readonly string[] {
    const answer = this.line();
    if (answer[0] !== verb) throw new Error(`the lab said "${answer.join(' ')}", not ${verb}`);
    return answer.slice(1);
  }

  /** Runs a tool in a namespace with `input` on its standard input. */
  run(space: number, argv: readonly string[], input = ''): Ran {
    this.send(['run', space, Buffer.byteLength(input), ...argv], input);
    return this.#ran();
  }

  /** The same of several tools, beside each other. */
  runAll(tools: readonly Tool[]): readonly Ran[] {
    const said: Ran[] = [];
    for (let i = 0; i < tools.length; i += toolsMax) {
      const some = tools.slice(i, i + toolsMax);
      for (const { space, argv, input } of some) {
        this.send(['start', space, Buffer.byteLength(input), ...argv], input);
      }
      this.send(['finish']);
      for (const _ of some) said.push(this.#ran());
    }
    return said;
  }

  /** Lines for `ip -batch` in a namespace: carries out all of them, whichever fails. */
  ip(space: number, lines: readonly string[], ...flags: readonly string[]): Ran {
    const input = lines.map((line) => `${line}\n`).join('');
    this.send(['ip', space, Buffer.byteLength(input), ...flags], input);
    return this.#ran();
  }

  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    closeSync(this.#to);
    closeSync(this.#from);
  }

  #ran(): Ran {
    const [status, length] = this.expect('ran');
    return { status: Number(status), said: this.#bytes(Number(length)) };
  }

  #bytes(length: number): string {
    while (this.#buffer.length < length) this.#fill();
    const text = this.#buffer.toString('utf8', 0, length);
    this.#buffer = this.#buffer.subarray(length);
    return text;
  }

  #fill(): void {
    const chunk = Buffer.alloc(chunkBytes);
    const count = readSync(this.#from, chunk);
    if (count === 0) throw new Error(`the lab's agent has ended: ${this.#lastWords()}`);
    const got = chunk.subarray(0, count);
    this.#buffer = this.#buffer.length === 0 ? got : Buffer.concat([this.#buffer, got]);
  }

  #lastWords(): string {
    try {
      return readFileSync(this.#errors, 'utf8').trim();
    } catch {
      return 'without a word';
    }
  }
}

/** Both ends of a new FIFO: with one that is open for both, neither open waits for the other. */
function fifo(path: string): { readonly read: number; readonly write: number } | undefined {
  if (spawnSync('mkfifo', [path]).status !== 0) return undefined;
  const both = openSync(path, 'r+');
  const read = openSync(path, constants.O_RDONLY);
  const write = openSync(path, constants.O_WRONLY);
  closeSync(both);
  return { read, write };
}

function writeAll(fd: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}
