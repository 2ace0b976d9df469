// curl over HTTP/1.1: resolves, connects to one address after the other, sends one request, prints the body. Texts and
// exit codes are those of curl 7.88; the progress meter is never shown. Not modelled: HTTPS, redirects, uploads,
// trying two address families at once.
import { familyOf, formatAddr } from '../net/addr.ts';
import { TCP } from '../net/packet.ts';
import type { DialResult } from '../node/dial.ts';
import { type CurlPlan, type CurlUrl, parseCurl } from './curl-options.ts';
import { type HttpMessage, httpRequest, parseHttp, statusOf } from './http.ts';
import type { Command, ProcessContext } from './process.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

const agent = '7.88.1';
/** How long Linux tries to connect: six SYNs again, 1 + 2 + ... + 64 s. */
const kernelConnectMs = 127_000;
/** curl's own bound on connecting. */
const connectTimeoutMs = 300_000;

export const curl: Command = (argv, context) => {
  const plan = parseCurl(argv.slice(1));
  if ('exitCode' in plan) return { stdout: '', ...plan };
  let stdout = '';
  let stderr = '';
  let exitCode = 0;
  for (const url of plan.urls) {
    const done = fetchUrl(plan, url, context);
    stdout += done.stdout;
    stderr += done.notes;
    if (done.error !== '' && (!plan.silent || plan.showError)) {
      stderr += `curl: (${done.exitCode}) ${done.error}\n`;
    }
    exitCode = done.exitCode;
  }
  return { stdout, stderr, exitCode };
};

interface Fetched {
  readonly stdout: string;
  /** What -v prints. */
  readonly notes: string;
  /** Empty when all went well. */
  readonly error: string;
  readonly exitCode: number;
}

function fetchUrl(plan: CurlPlan, url: CurlUrl, context: ProcessContext): Fetched {
  const startMs = context.nowMs;
  const found = context.resolve(url.host);
  let notes = '';
  const note = (text: string) => {
    if (plan.verbose) notes += text;
  };
  const fail = (exitCode: number, error: string): Fetched => {
    const stdout = writeOut(plan, 0);
    return { stdout, notes, error, exitCode };
  };
  const spent = () => Math.round(context.nowMs - startMs);
  if (plan.maxTimeMs !== null && spent() >= plan.maxTimeMs) {
    return fail(28, `Resolving timed out after ${plan.maxTimeMs} milliseconds`);
  }
  if (found.kind === 'failed') {
    note(`* Could not resolve host: ${url.host}\n* Closing connection 0\n`);
    return fail(6, `Could not resolve host: ${url.host}`);
  }
  const method = plan.method ?? (plan.head ? 'HEAD' : 'GET');
  const headers = [`User-Agent: curl/${agent}`, 'Accept: */*', ...plan.headers];
  const request = httpRequest(method, url.target, url.authority, headers);
  const message = encodeUtf8(request);
  let dialled: DialResult | undefined;
  for (const address of found.addresses) {
    const shown = familyOf(address) === 4 ? formatAddr(address) : `[${formatAddr(address)}]`;
    note(`*   Trying ${shown}:${url.port}...\n`);
    dialled = context.dial(TCP, address, url.port, message, patience(plan, spent()));
    if (dialled.phase === 'reply') break;
    note(`* connect to ${formatAddr(address)} port ${url.port} failed: ${whyNot(dialled)}\n`);
    if (isOver(plan, spent())) break;
  }
  if (dialled === undefined) return fail(6, `Could not resolve host: ${url.host}`);
  if (dialled.phase === 'connect') {
    const [exitCode, error] = connectError(plan, url, dialled, spent());
    note(`* ${error}\n* Closing connection 0\n`);
    return fail(exitCode, error);
  }
  note(`* Connected to ${url.host} (${formatAddr(dialled.dialled.addr)}) port ${url.port} (#0)\n`);
  for (const line of request.split('\r\n').slice(0, -1)) note(`> ${line}\r\n`);
  if (dialled.outcome === 'refused') {
    note('* Recv failure: Connection reset by peer\n* Closing connection 0\n');
    return fail(56, 'Recv failure: Connection reset by peer');
  }
  if (dialled.outcome !== 'answered') {
    const error = `Operation timed out after ${spent()} milliseconds with 0 bytes received`;
    note(`* ${error}\n* Closing connection 0\n`);
    return fail(28, error);
  }
  const response = parseHttp(decodeUtf8(dialled.reply ?? new Uint8Array(0)));
  if (response === null) return fail(1, 'Received HTTP/0.9 when not allowed');
  for (const line of [response.start, ...response.headers, '']) note(`< ${line}\r\n`);
  note(
    isKept(response)
      ? `* Connection #0 to host ${url.host} left intact\n`
      : '* Closing connection 0\n',
  );
  return { ...print(plan, response), notes };
}

/** Whether the server leaves the connection open (RFC 9112, 9.3). */
function isKept({ start, headers }: HttpMessage): boolean {
  return (
    start.startsWith('HTTP/1.1 ') && !headers.some((line) => /^connection: *close/i.test(line))
  );
}

/** What the transfer writes once there is a response. */
function print(plan: CurlPlan, response: HttpMessage): Omit<Fetched, 'notes'> {
  const status = statusOf(response);
  if (plan.fail && status >= 400) {
    const error = `The requested URL returned error: ${status}`;
    return { stdout: writeOut(plan, status), error, exitCode: 22 };
  }
  const head = [response.start, ...response.headers, ''].map((line) => `${line}\r\n`).join('');
  const shown = plan.head ? head : plan.include ? head + response.body : response.body;
  const stdout =
    (plan.output === null || plan.output === '-' ? shown : '') + writeOut(plan, status);
  return { stdout, error: '', exitCode: 0 };
}

function writeOut(plan: CurlPlan, status: number): string {
  const code = String(status).padStart(3, '0');
  return plan.writeOut
    .replaceAll(/%\{(http_code|response_code)\}/g, code)
    .replaceAll('\\n', '\n')
    .replaceAll('\\t', '\t');
}

/** How long the next connection may take, ms. */
function patience(plan: CurlPlan, spentMs: number): number {
  const total = plan.maxTimeMs === null ? Number.POSITIVE_INFINITY : plan.maxTimeMs - spentMs;
  const connect = (plan.connectTimeoutMs ?? connectTimeoutMs) - spentMs;
  return Math.max(0, Math.min(total, connect, kernelConnectMs));
}

function isOver(plan: CurlPlan, spentMs: number): boolean {
  const limits = [plan.maxTimeMs, plan.connectTimeoutMs];
  return limits.some((limit) => limit !== null && spentMs >= limit);
}

function whyNot(dialled: DialResult): string {
  switch (dialled.outcome) {
    case 'refused':
      return 'Connection refused';
    case 'unreachable':
      return dialled.via === 'noroute' ? 'Network is unreachable' : 'No route to host';
    case 'timeout':
    case 'answered':
      return 'Connection timed out';
  }
}

function connectError(
  plan: CurlPlan,
  url: CurlUrl,
  dialled: DialResult,
  spentMs: number,
): readonly [number, string] {
  const failed = `Failed to connect to ${url.host} port ${url.port} after ${spentMs} ms`;
  if (dialled.outcome !== 'timeout') return [7, `${failed}: Couldn't connect to server`];
  if (plan.maxTimeMs !== null && spentMs >= plan.maxTimeMs) {
    return [28, `Connection timed out after ${spentMs} milliseconds`];
  }
  const own = spentMs >= (plan.connectTimeoutMs ?? connectTimeoutMs);
  return [28, `${failed}: ${own ? 'Timeout was reached' : "Couldn't connect to server"}`];
}
