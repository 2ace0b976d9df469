// Steps about names: look-ups as a Pod's resolver makes them, with every query of the search list and every answer.
import type { DnsQuery, Resolution } from '../cluster/cluster.ts';
import { expect, fail } from './fail.ts';
import type { ClientRef } from './refs.ts';
import { difference, linesOf, rowsText, type Table, unknownColumn, wantedLines } from './tables.ts';
import type { SvcWorld } from './world.ts';

export function looksUp(
  world: SvcWorld,
  client: ClientRef,
  name: string,
  type: string | null,
): void {
  world.lookup = world.acting().resolve(client.who, name, type ?? undefined);
}

function last(world: SvcWorld): Resolution {
  return (
    world.lookup ?? fail(world, { expected: 'a look-up', actual: 'nobody has looked anything up' })
  );
}

/** What the look-up came to, with its queries. */
function shown(lookup: Resolution): string {
  const lines = lookup.queries.map((query) => {
    const answers = query.answers.map((a) => recordText(a.name, a.ttl, a.type, a.data));
    return [`${query.name} ${query.type}: ${query.rcode}`, ...answers].join('\n  ');
  });
  return [lookup.outcome, ...lines].join('\n');
}

const rcodes: Readonly<Record<string, Resolution['outcome']>> = {
  NXDOMAIN: 'nxdomain',
  NODATA: 'nodata',
  SERVFAIL: 'servfail',
  REFUSED: 'refused',
  'a timeout': 'timeout',
};

/** `the answer is NXDOMAIN`. */
export function answerIsCode(world: SvcWorld, rcode: string): void {
  const lookup = last(world);
  expect(world, lookup.outcome === rcodes[rcode], () => ({
    expected: `the answer to "${lookup.name}" is ${rcode}`,
    actual: shown(lookup),
  }));
}

interface Line {
  readonly name: string;
  readonly ttl: number | null;
  readonly type: string;
  readonly data: string;
}

function recordText(name: string, ttl: number | null, type: string, data: string): string {
  const owner = name.endsWith('.') ? name : `${name}.`;
  return [owner, ...(ttl === null ? [] : [ttl]), 'IN', type, data].join(' ');
}

/** "web.demo.svc.cluster.local. 30 IN A 10.96.0.9"; TTL and class may be left out. */
function parseLine(line: string): Line {
  const words = line.split(/\s+/);
  const name = words.shift() ?? '';
  const ttl = /^\d+$/.test(words[0] ?? '') ? Number(words.shift()) : null;
  if (words[0] === 'IN') words.shift();
  const type = words.shift() ?? '';
  return { name, ttl, type, data: words.join(' ') };
}

/** The answers that ended the look-up: those of the last name that got any, each record once (A and AAAA queries for
 * an alias both bring its CNAME). */
function finalAnswers(lookup: Resolution): DnsQuery['answers'] {
  const answered = lookup.queries.filter((query) => query.answers.length > 0);
  const name = answered.at(-1)?.name;
  const all = answered.filter((query) => query.name === name).flatMap((query) => query.answers);
  const known = new Set<string>();
  return all.filter((a) => {
    const text = recordText(a.name, a.ttl, a.type, a.data);
    return known.has(text) ? false : known.add(text);
  });
}

/** `the answer is:` zone-file lines, as a set (answers are shuffled); a TTL is compared where it is written. */
export function answerIs(world: SvcWorld, text: string): void {
  const lookup = last(world);
  const wanted = wantedLines(text).map(parseLine);
  const withTtl = wanted.some((line) => line.ttl !== null);
  const key = (a: Line | DnsQuery['answers'][number]): string =>
    recordText(a.name, withTtl ? a.ttl : null, a.type, a.data).toLowerCase();
  // A and AAAA queries for an alias each bring the CNAME.
  const given = new Set(finalAnswers(lookup).map(key));
  const { missing, extra } = difference(wanted.map(key), [...given]);
  expect(world, missing.length === 0 && extra.length === 0, () => ({
    expected: linesOf(text).join('\n'),
    actual: shown(lookup),
  }));
}

const queryColumns: Readonly<Record<string, (query: DnsQuery) => string>> = {
  name: (query) => query.name,
  type: (query) => query.type,
  server: (query) => query.server,
  rcode: (query) => query.rcode,
  transport: (query) => query.transport,
  answers: (query) => String(query.answers.length),
  cached: (query) => (query.cached ? 'yes' : 'no'),
};

/** `the queries are:` any of the columns name, type, server, rcode, transport, answers, cached; all queries in order. */
export function queriesAre(world: SvcWorld, table: Table): void {
  const lookup = last(world);
  const readers = table.header.map((name) => {
    const reader = queryColumns[name];
    if (reader === undefined) {
      throw unknownColumn(world, name, Object.keys(queryColumns));
    }
    return reader;
  });
  const actual = lookup.queries.map((query) => readers.map((read) => read(query)));
  expect(world, rowsText(actual) === rowsText(table.rows), () => ({
    expected: rowsText(table.rows),
    actual: rowsText(actual),
  }));
}
