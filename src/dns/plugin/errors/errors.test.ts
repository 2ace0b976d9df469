// Errors in the log: at once, or summed up; setup errors in CoreDNS's words.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InputError } from '../../../api/input-error.ts';
import { type Lab, lab } from '../../fixture.test.ts';
import type { CoreDnsVersion } from '../../kubeadm/version.ts';

const exchange = () => ({ kind: 'refused', elapsedMs: 5000 }) as const;
const withErrors = (options: string, version: CoreDnsVersion = '1.14.2') => {
  const errors = options === '' ? 'errors' : `errors {\n ${options}\n }`;
  return lab([], {
    corefile: `.:53 {\n ${errors}\n kubernetes cluster.local\n}\n`,
    version,
    exchange,
  });
};
const text = 'plugin/kubernetes: no next plugin found';
const one = (name: string, level = 'ERROR') => `[${level}] plugin/errors: 2 ${name}. A: ${text}`;
const sum = (count: number, level = 'ERROR', period = '30s') =>
  `[${level}] plugin/errors: ${count} errors like 'no next' occurred in last ${period}`;

/** Times in seconds at which queries fail; the log as it is read at the end. */
const rows: readonly {
  readonly name: string;
  readonly options: string;
  readonly failsAt: readonly number[];
  readonly readAt: number;
  readonly want: readonly string[];
}[] = [
  {
    name: 'each error is a line',
    options: '',
    failsAt: [0, 1],
    readAt: 1,
    want: [one('n0'), one('n1')],
  },
  {
    name: 'consolidated errors are summed up when the time is over',
    options: 'consolidate 30s "no next"',
    failsAt: [0, 1, 29],
    readAt: 30,
    want: [sum(3)],
  },
  {
    name: 'not before',
    options: 'consolidate 30s "no next"',
    failsAt: [0, 1],
    readAt: 29.999,
    want: [],
  },
  {
    name: 'the first error after it opens another window',
    options: 'consolidate 30s "no next"',
    failsAt: [0, 1, 40, 60],
    readAt: 70,
    want: [sum(2), sum(2)],
  },
  {
    name: 'other errors are lines of their own',
    options: 'consolidate 1m "time-?out" warning',
    failsAt: [0],
    readAt: 100,
    want: [one('n0')],
  },
  {
    name: 'the first pattern that matches counts; the level is its own',
    options: 'consolidate 90s "no next" warning\n consolidate 30s "no.*" info',
    failsAt: [0, 1],
    readAt: 100,
    want: [sum(2, 'WARNING', '1m30s')],
  },
  {
    name: 'show_first prints the first, in the level of the sum',
    options: 'consolidate 30s "no next" info show_first',
    failsAt: [0, 1],
    readAt: 31,
    want: [one('n0', 'INFO'), sum(2, 'INFO')],
  },
  {
    name: 'show_first: one alone is not summed up',
    options: 'consolidate 30s "no next" show_first',
    failsAt: [0],
    readAt: 31,
    want: [one('n0')],
  },
  {
    name: 'debug lines are not printed',
    options: 'consolidate 30s "no next" debug',
    failsAt: [0],
    readAt: 31,
    want: [],
  },
];

function read(given: Lab, readAt: number): readonly string[] {
  return [...given.logs, ...given.server.linesDue(readAt * 1000).map((line) => line.text)];
}

for (const { name, options, failsAt, readAt, want } of rows) {
  test(`errors: ${name}`, () => {
    const given = withErrors(options);
    for (const [i, at] of failsAt.entries()) given.ask(`n${i} A`, { nowMs: at * 1000 });
    assert.deepEqual(read(given, readAt), want);
  });
}

test('errors: a fork counts on its own', () => {
  const given = withErrors('consolidate 30s "no next"');
  given.ask('n0 A');
  const fork = given.fork();
  fork.ask('n1 A');
  assert.deepEqual(fork.server.linesDue(30_000), [{ atMs: 30_000, text: sum(2) }]);
  assert.deepEqual(given.server.linesDue(30_000), [{ atMs: 30_000, text: sum(1) }]);
});

test('errors: the question is the one that a rewrite has made [q]', () => {
  const rules = 'rewrite continue type A MX\n rewrite name a.test b.test';
  const { ask, logs } = lab([], { corefile: `. {\n errors\n ${rules}\n}\n` });
  ask('a.test A');
  assert.deepEqual(logs, [
    '[ERROR] plugin/errors: 0 b.test. MX: plugin/rewrite: no next plugin found',
  ]);
});

test('errors: behind a cache a rewrite changes a copy of the query', () => {
  const rules = 'rewrite continue type A MX\n rewrite name a.test b.test';
  const { ask, logs } = lab([], { corefile: `. {\n errors\n cache\n ${rules}\n}\n` });
  assert.equal(ask('a.test A').rcode, 'SERVFAIL');
  assert.deepEqual(logs, [
    '[ERROR] plugin/errors: 0 a.test. A: plugin/rewrite: no next plugin found',
  ]);
});

test('errors: acl as the last plugin gives the name of the question for its own [q]', () => {
  const { ask, logs } = lab([], { corefile: '. {\n errors\n acl\n}\n' });
  ask('A.test A');
  assert.deepEqual(logs, [
    '[ERROR] plugin/errors: 2 a.test. A: plugin/a.test.: no next plugin found',
  ]);
});

const at = '/etc/coredns/Corefile:3 - Error during parsing: ';
const mistakes: readonly (readonly [string, string, CoreDnsVersion?])[] = [
  ['consolidate 30s', `${at}Wrong argument count or unexpected line ending after '30s'`],
  ['consolidate 30 x', `${at}time: missing unit in duration "30"`],
  ['consolidate 1s (', `${at}error parsing regexp: missing closing ): \`(\``],
  ['consolidate 1s x y', `${at}unknown option in consolidate: y`],
  ['consolidate 1s x show_first info', `${at}log level must come before show_first in consolidate`],
  ['consolidate 1s x info error', `${at}multiple log levels specified in consolidate`],
  ['consolidate 1s x y', `${at}unknown log level argument in consolidate: y`, '1.12.1'],
  [
    'consolidate 1s x info show_first',
    `${at}Wrong argument count or unexpected line ending after 'show_first'`,
    '1.12.1',
  ],
  [
    'nosuch',
    "/etc/coredns/Corefile:3 - Syntax error: Unexpected token 'nosuch', expecting 'Unknown field nosuch'",
  ],
];
for (const [options, want, version] of mistakes) {
  test(`errors: "${options}" is refused${version === undefined ? '' : ` by ${version}`}`, () => {
    assert.throws(
      () => withErrors(options, version),
      (error) => {
        assert.ok(error instanceof InputError);
        assert.equal(error.message, `plugin/errors: ${want}`);
        return true;
      },
    );
  });
}
