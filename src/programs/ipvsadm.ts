// ipvsadm, for reading: `-L` with `-n`, `--stats`, `-c` or one service (`-t`, `-u`, `--sctp-service`), `-L --timeout`, and `-S -n`.
// Virtual servers are written by kube-proxy alone, so every other command is refused; so is a listing without -n, whose names
// would come from files of the machine. The words are those of ipvsadm 1.31.
import { parseAddr } from '../net/addr.ts';
import { type Proto, SCTP, TCP, UDP } from '../net/packet.ts';
import type { KernelRequest, VirtualServiceName } from './kernel-request.ts';
import type { Command, ProcessResult } from './process.ts';

type Request = Extract<KernelRequest, { kind: 'ipvs' }>;

const usage =
  'known: ipvsadm -Ln [-t|-u|--sctp-service ADDRESS:PORT] [--stats], ipvsadm -Lnc, ipvsadm -L --timeout, ipvsadm -Sn';

const shorts: Readonly<Record<string, string>> = {
  L: '--list',
  l: '--list',
  S: '--save',
  n: '--numeric',
  c: '--connection',
  t: '--tcp-service',
  u: '--udp-service',
};

const protocols: Readonly<Record<string, Proto>> = {
  '--tcp-service': TCP,
  '--udp-service': UDP,
  '--sctp-service': SCTP,
};

/** "-Lnc" -> "--list", "--numeric", "--connection". */
function split(words: readonly string[]): readonly string[] {
  return words.flatMap((word) =>
    /^-[A-Za-z]+$/.test(word)
      ? [...word.slice(1)].map((letter) => shorts[letter] ?? `-${letter}`)
      : [word],
  );
}

const flags = new Set(['--list', '--save', '--numeric', '--connection', '--stats', '--timeout']);

/** The request, or the part of the command line that is not modelled. */
function requestOf(argv: readonly string[]): Request | string {
  const words = split(argv);
  const seen = new Set<string>();
  let only: VirtualServiceName | null = null;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const proto = protocols[word];
    if (proto !== undefined) {
      const name = nameOf(proto, words[++i] ?? '');
      if (name === undefined) return `${word} ${words[i] ?? ''}`.trimEnd();
      only = name;
    } else if (flags.has(word)) seen.add(word);
    else return word;
  }
  const has = (word: string) => seen.has(word);
  const [lists, saves] = [has('--list'), has('--save')];
  if (lists === saves) return argv.join(' ');
  if (lists && has('--timeout')) return { kind: 'ipvs', form: 'timeouts', only: null };
  if (!has('--numeric')) return 'names of hosts and ports (add -n)';
  if (saves) return { kind: 'ipvs', form: 'save', only: null };
  if (!has('--connection')) {
    return { kind: 'ipvs', form: has('--stats') ? 'stats' : 'services', only };
  }
  return only === null ? { kind: 'ipvs', form: 'connections', only } : argv.join(' ');
}

function nameOf(proto: Proto, text: string): VirtualServiceName | undefined {
  const [, host = '', port = ''] = /^\[?([0-9a-fA-F.:]+?)\]?:(\d+)$/.exec(text) ?? [];
  const addr = parseAddr(host);
  return addr === undefined ? undefined : { proto, addr, port: Number(port) };
}

function failed(stderr: string): ProcessResult {
  return { stdout: '', stderr, exitCode: 1 };
}

export const ipvsadm: Command = (argv, context) => {
  const request = requestOf(argv.slice(1));
  if (typeof request === 'string') return failed(`ipvsadm: not modelled: ${request}\n${usage}\n`);
  const answer = context.kernel?.(request);
  if (answer?.kind !== 'text') return failed('No such service\n');
  return { stdout: answer.text, stderr: '', exitCode: 0 };
};
