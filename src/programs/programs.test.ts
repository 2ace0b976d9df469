// The small commands: output, error text and exit code, against a network of one answer. Texts of curl are those that
// curl 7.88.1 prints.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { addr } from '../net/addr.ts';
import { TCP } from '../net/packet.ts';
import { Trace } from '../netfilter/trace.ts';
import type { DialOutcome, DialResult, Via } from '../node/dial.ts';
import type { Peer } from '../node/program.ts';
import { echo } from './echo.ts';
import { http } from './http.ts';
import type { ProcessContext } from './process.ts';
import { runCommand } from './programs.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

const web = http({ reply: 'web-1' });

interface World {
  readonly outcome?: DialOutcome;
  readonly via?: Via;
  readonly phase?: 'connect' | 'reply';
  readonly elapsedMs?: number;
  readonly server?: typeof web;
}

function contextOf(world: World): ProcessContext {
  let nowMs = 1000;
  return {
    machine: 'pod/d/client',
    hostname: 'client',
    get nowMs() {
      return nowMs;
    },
    env: { HOSTNAME: 'client', WEB_SERVICE_HOST: '10.96.0.5' },
    resolver: 'glibc',
    image: '',
    readFile: (path) =>
      path === '/etc/hosts' ? '127.0.0.1\tlocalhost\n10.244.1.2\tclient\n' : undefined,
    resolve: (name) =>
      name === 'web'
        ? { kind: 'addresses', addresses: [addr('10.96.0.5')], elapsedMs: 0 }
        : { kind: 'failed', outcome: 'nxdomain', elapsedMs: 0 },
    exchange: () => ({ kind: 'timeout', elapsedMs: 0 }),
    ping: () => ({ kind: 'silence' }),
    wait: () => {},
    dial(_proto, to, port, message, timeoutMs): DialResult {
      const { outcome = 'answered', via = null, server = web } = world;
      const elapsedMs = outcome === 'timeout' ? timeoutMs : (world.elapsedMs ?? 0);
      nowMs += elapsedMs;
      const client = { addr: addr('10.244.1.2'), port: 32768 };
      const peer: Peer = { ...client, proto: TCP };
      const { exchange } = this;
      const dial = () => assert.fail('nobody dials here');
      const context = { machine: '', nowMs, exchange, dial } as const;
      const answered = outcome === 'answered';
      return {
        phase: world.phase ?? (answered ? 'reply' : 'connect'),
        outcome,
        via,
        client,
        dialled: { addr: to, port },
        destination: null,
        source: null,
        replyFrom: null,
        backend: null,
        reply: answered ? server.receive(message, peer, context).reply : null,
        elapsedMs,
        trace: new Trace(),
        replyAt: null,
      };
    },
  };
}

interface Row {
  readonly name: string;
  readonly run: string;
  readonly world?: World;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exitCode?: number;
}

const head =
  'HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\nConnection: close\r\n\r\n';

const rows: readonly Row[] = [
  { name: 'curl prints the body', run: 'curl -s http://web/', stdout: 'web-1' },
  { name: 'curl needs no scheme', run: 'curl web:80/path?x=1', stdout: 'web-1' },
  { name: 'curl -I prints the head', run: 'curl -sI web', stdout: head },
  { name: 'curl -i prints both', run: 'curl -si web', stdout: `${head}web-1` },
  {
    name: 'curl -o hides the body and -w says the status',
    run: 'curl -s -o /dev/null -w %{http_code}\\n web',
    stdout: '200\n',
  },
  {
    name: 'curl fails with 6 when the name has no address',
    run: 'curl http://nosuch/',
    stderr: 'curl: (6) Could not resolve host: nosuch\n',
    exitCode: 6,
  },
  {
    name: 'curl fails with 7 when refused',
    run: 'curl web:81',
    world: { outcome: 'refused', via: 'rst' },
    stderr: "curl: (7) Failed to connect to web port 81 after 0 ms: Couldn't connect to server\n",
    exitCode: 7,
  },
  {
    name: 'curl -s hides the error, not the exit code',
    run: 'curl -s web:81',
    world: { outcome: 'refused', via: 'rst' },
    exitCode: 7,
  },
  {
    name: 'curl -sS shows the error again',
    run: 'curl -sS web',
    world: { outcome: 'unreachable', via: 'icmp', elapsedMs: 3000 },
    stderr:
      "curl: (7) Failed to connect to web port 80 after 3000 ms: Couldn't connect to server\n",
    exitCode: 7,
  },
  {
    name: 'curl --max-time ends a connection attempt with 28',
    run: 'curl -m 2 web',
    world: { outcome: 'timeout', via: 'drop' },
    stderr: 'curl: (28) Connection timed out after 2000 milliseconds\n',
    exitCode: 28,
  },
  {
    name: 'curl --connect-timeout says it in other words',
    run: 'curl --connect-timeout 2 web',
    world: { outcome: 'timeout', via: 'drop' },
    stderr: 'curl: (28) Failed to connect to web port 80 after 2000 ms: Timeout was reached\n',
    exitCode: 28,
  },
  {
    name: 'curl without a bound waits as long as the kernel tries',
    run: 'curl web',
    world: { outcome: 'timeout', via: 'drop' },
    stderr:
      "curl: (28) Failed to connect to web port 80 after 127000 ms: Couldn't connect to server\n",
    exitCode: 28,
  },
  {
    name: 'curl waits for the answer no longer than -m',
    run: 'curl -m 1 web',
    world: { outcome: 'timeout', via: 'noreply', phase: 'reply' },
    stderr: 'curl: (28) Operation timed out after 1000 milliseconds with 0 bytes received\n',
    exitCode: 28,
  },
  {
    name: 'curl -f makes an error status exit code 22',
    run: 'curl -f web',
    world: { server: http({ reply: 'no', status: 503 }) },
    stderr: 'curl: (22) The requested URL returned error: 503\n',
    exitCode: 22,
  },
  {
    name: 'curl -v tells the way',
    run: 'curl -v web:81',
    world: { outcome: 'refused', via: 'rst' },
    stderr:
      '*   Trying 10.96.0.5:81...\n' +
      '* connect to 10.96.0.5 port 81 failed: Connection refused\n' +
      "* Failed to connect to web port 81 after 0 ms: Couldn't connect to server\n" +
      '* Closing connection 0\n' +
      "curl: (7) Failed to connect to web port 81 after 0 ms: Couldn't connect to server\n",
    exitCode: 7,
  },
  {
    name: 'curl refuses what it does not know',
    run: 'curl --nosuch web',
    stderr:
      "curl: option --nosuch: is unknown\ncurl: try 'curl --help' or 'curl --manual' for more information\n",
    exitCode: 2,
  },
  {
    name: 'curl refuses a port that is no number',
    run: 'curl web:abc',
    stderr: 'curl: (3) URL using bad/illegal format or missing URL\n',
    exitCode: 3,
  },
  { name: 'wget prints the body', run: 'wget -qO- http://web/', stdout: 'web-1' },
  { name: 'wget takes its options apart', run: 'wget -q -O - -T 2 web', stdout: 'web-1' },
  {
    name: 'wget --spider says that something is there',
    run: 'wget --spider --timeout=1 web',
    stderr: 'Connecting to web (10.96.0.5:80)\nremote file exists\n',
  },
  {
    name: 'wget gives up after its timeout',
    run: 'wget --spider --timeout=1 web',
    world: { outcome: 'timeout', via: 'drop' },
    stderr: 'Connecting to web (10.96.0.5:80)\nwget: download timed out\n',
    exitCode: 1,
  },
  {
    name: 'wget says who refused',
    run: 'wget -qO- web:81',
    world: { outcome: 'refused', via: 'rst' },
    stderr: "wget: can't connect to remote host (10.96.0.5): Connection refused\n",
    exitCode: 1,
  },
  {
    name: 'wget without an address',
    run: 'wget -qO- nosuch',
    stderr: "wget: bad address 'nosuch'\n",
    exitCode: 1,
  },
  { name: 'env', run: 'env', stdout: 'HOSTNAME=client\nWEB_SERVICE_HOST=10.96.0.5\n' },
  { name: 'hostname', run: 'hostname', stdout: 'client\n' },
  { name: 'hostname -i', run: 'hostname -i', stdout: '10.244.1.2\n' },
  {
    name: 'cat of a file',
    run: 'cat /etc/hosts',
    stdout: '127.0.0.1\tlocalhost\n10.244.1.2\tclient\n',
  },
  {
    name: 'cat of no file',
    run: 'cat /etc/shadow',
    stderr: "cat: can't open '/etc/shadow': No such file or directory\n",
    exitCode: 1,
  },
];

for (const { name, run, world = {}, stdout = '', stderr = '', exitCode = 0 } of rows) {
  test(name, () => {
    const result = runCommand(run.split(' '), contextOf(world));
    assert.deepEqual(result, { stdout, stderr, exitCode });
  });
}

test('an unknown command fails with 127 and names those that exist', () => {
  const result = runCommand(['vi'], contextOf({}));
  assert.equal(result.exitCode, 127);
  assert.match(result.stderr, /^sh: vi: not found\nbuilt-in commands: .*curl/);
});

test('UTF-8 goes there and back for every text', () => {
  const decoder = new TextDecoder();
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      assert.deepEqual(encodeUtf8(text), new TextEncoder().encode(text));
      assert.equal(decodeUtf8(encodeUtf8(text)), decoder.decode(encodeUtf8(text)));
    }),
    { numRuns: 50 },
  );
});

test('echo sends the datagram back, or its fixed text', () => {
  const peer: Peer = { addr: 0, port: 1, proto: TCP };
  const message = encodeUtf8('ping');
  assert.equal(echo({ reply: null }).receive(message, peer, contextOf({})).reply, message);
  const fixed = echo({ reply: 'pong' }).receive(message, peer, contextOf({})).reply;
  assert.deepEqual(fixed, encodeUtf8('pong'));
});

test('ps prints the words of the first process, and refuses where only the image knows them', () => {
  const context = contextOf({});
  const running = { ...context, readFile: () => 'sh\0-c\0sleep 3600\0' };
  assert.deepEqual(runCommand(['ps'], running), {
    stdout:
      'PID   USER     TIME  COMMAND\n    1 root      0:00 sh -c sleep 3600\n    7 root      0:00 ps\n',
    stderr: '',
    exitCode: 0,
  });
  assert.equal(runCommand(['ps'], context).exitCode, 1);
});
