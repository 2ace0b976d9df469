// BusyBox wget over HTTP: -q, -O FILE, -T SEC (--timeout), --spider, -S is not there. Texts are BusyBox 1.36's without
// the progress bar; nothing is written to files. Everything that fails exits with 1.
import { formatAddr, formatEndpoint } from '../net/addr.ts';
import { TCP } from '../net/packet.ts';
import { parseCurl } from './curl-options.ts';
import { httpRequest, parseHttp, statusOf } from './http.ts';
import type { Command, ProcessResult } from './process.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

interface Plan {
  quiet: boolean;
  spider: boolean;
  output: string | null;
  timeoutMs: number;
  url: string | null;
}

/** BusyBox's default of -T. */
const defaultTimeoutMs = 900_000;
const kernelConnectMs = 127_000;

export const wget: Command = (argv, context) => {
  const plan = parse(argv.slice(1));
  if (typeof plan === 'string') return failed(plan);
  if (plan.url === null) return failed('wget: no URL given\n');
  const read = parseCurl([plan.url]);
  if ('exitCode' in read) return failed(`wget: bad address '${plan.url}'\n`);
  const url = read.urls[0];
  if (url === undefined) return failed('wget: no URL given\n');
  const found = context.resolve(url.host);
  const address = found.kind === 'failed' ? undefined : found.addresses[0];
  if (address === undefined) return failed(`wget: bad address '${url.host}'\n`);
  const head = plan.quiet
    ? ''
    : `Connecting to ${url.host} (${formatEndpoint(address, url.port)})\n`;
  const method = plan.spider ? 'HEAD' : 'GET';
  const headers = ['User-Agent: Wget', 'Connection: close'];
  const message = encodeUtf8(httpRequest(method, url.target, url.authority, headers));
  const patience = Math.min(plan.timeoutMs, kernelConnectMs);
  const dialled = context.dial(TCP, address, url.port, message, patience);
  if (dialled.outcome !== 'answered' || dialled.reply === null) {
    const own = dialled.outcome === 'timeout' && plan.timeoutMs <= kernelConnectMs;
    const reason = reasons[dialled.outcome === 'answered' ? 'timeout' : dialled.outcome];
    const why = `wget: can't connect to remote host (${formatAddr(address)}): ${reason}\n`;
    return failed(head + (own ? 'wget: download timed out\n' : why));
  }
  return received(plan, decodeUtf8(dialled.reply), head);
};

const reasons = {
  refused: 'Connection refused',
  unreachable: 'No route to host',
  timeout: 'Connection timed out',
} as const;

function received(plan: Plan, text: string, head: string): ProcessResult {
  const response = parseHttp(text);
  if (response === null) return failed(`${head}wget: no valid HTTP response\n`);
  if (statusOf(response) !== 200) {
    return failed(`${head}wget: server returned error: ${response.start}\n`);
  }
  if (plan.spider) return done(plan, '', `${head}remote file exists\n`);
  if (plan.output !== '-') return done(plan, '', `${head}saving to '${plan.output}'\n`);
  return done(plan, response.body, `${head}writing to stdout\nwritten to stdout\n`);
}

function done(plan: Plan, stdout: string, notes: string): ProcessResult {
  return { stdout, stderr: plan.quiet ? '' : notes, exitCode: 0 };
}

function failed(stderr: string): ProcessResult {
  return { stdout: '', stderr, exitCode: 1 };
}

/** The plan, or the text wget refuses with. */
function parse(words: readonly string[]): Plan | string {
  const plan: Plan = {
    quiet: false,
    spider: false,
    output: 'index.html',
    timeoutMs: defaultTimeoutMs,
    url: null,
  };
  const rest = words.flatMap((word) => word.replace(/^(--[a-z-]+)=/, '$1\n').split('\n'));
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const bundle = /^-([q]*)(O|T)?(.*)$/.exec(word);
    if (word === '--spider') plan.spider = true;
    else if (word === '--quiet') plan.quiet = true;
    else if (word === '--timeout') plan.timeoutMs = Number(rest.shift() ?? 0) * 1000;
    else if (word === '--output-document') plan.output = rest.shift() ?? '-';
    else if (bundle !== null && !word.startsWith('--') && (bundle[2] ?? bundle[1]) !== '') {
      if (bundle[1] !== '') plan.quiet = true;
      const value = bundle[2] === undefined ? '' : bundle[3] || rest.shift() || '';
      if (bundle[2] === 'O') plan.output = value;
      if (bundle[2] === 'T') plan.timeoutMs = Number(value) * 1000;
    } else if (word.startsWith('-')) return `wget: unrecognized option '${word}'\n`;
    else plan.url = word;
  }
  return plan;
}
