// The house rules for source files, each a pure function of (path, text) to a list of findings.
// Rules of features and steps are in features.ts.
import { posix } from 'node:path';
import { mask } from './mask.ts';
import { outerRooms, type Room, rooms } from './rooms.table.ts';

export type Rule = (path: string, text: string) => readonly string[];

const isTest = (path: string) => /\.(test|fixture)\.ts$/.test(path) || path.startsWith('test/');
const isData = (path: string) => /\.(gen|table)\.ts$/.test(path);
const isCode = (path: string) => /^(src|steps|test|bench)\/.*\.ts$/.test(path);

/** "src/proxy/iptables/x.ts" -> "proxy/iptables"; null outside src/. */
export function roomOf(path: string): string | null {
  const [top, first, second, third, fourth] = path.split('/');
  if (top !== 'src' || first === undefined) return null;
  if (second === undefined) return first.replace(/\.ts$/, '');
  if (first === 'dns' && second === 'plugin' && fourth !== undefined) return `dns/plugin/${third}`;
  if (first === 'dns' && second === 'node-cache') return 'dns/node-cache';
  if (first === 'harness' && second === 'kernel' && third !== undefined) return 'harness/kernel';
  if (first === 'proxy' && third !== undefined) return `proxy/${second}`;
  return first;
}

function rowOf(room: string): Room | undefined {
  return rooms[room] ?? rooms[room.replace(/\/[^/]+$/, '/*')];
}

const importPattern =
  /^(?:import|export)\b[^;]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\(\s*'([^']+)'/gm;

/** Imports between rooms only as the table says. */
export const imports: Rule = (path, text) => {
  const room = roomOf(path);
  if (room === null || isTest(path)) return [];
  const row = rowOf(room);
  if (row === undefined) return [`${path}: there is no room "${room}" in the table`];
  return [...text.matchAll(importPattern)].flatMap((match) => {
    const target = match[1] ?? match[2] ?? match[3] ?? '';
    return mayImport(path, room, row, target) ? [] : [`${path}: may not import ${target}`];
  });
};

function mayImport(path: string, room: string, row: Room, target: string): boolean {
  if (target.startsWith('node:')) return row.node === true;
  if (!target.startsWith('.')) {
    return (row.npm ?? []).some((name) => target === name || target.startsWith(`${name}/`));
  }
  const resolved = posix.normalize(posix.join(posix.dirname(path), target));
  if (resolved === 'src/api/input-error.ts') return true;
  const other = roomOf(resolved);
  if (other === null) return false;
  return other === room || row.imports.some((name) => rowMatches(name, other));
}

function rowMatches(name: string, room: string): boolean {
  return name === room || (name.endsWith('/*') && room.startsWith(name.slice(0, -1)));
}

/** Files: 400 lines, tests 800; data and generated files without limit. */
export const fileLength: Rule = (path, text) => {
  if (!isCode(path) || isData(path)) return [];
  const lines = text.split('\n').length - 1;
  const limit = isTest(path) ? 800 : 400;
  return lines > limit ? [`${path}: ${lines} lines, at most ${limit}`] : [];
};

const functionLinesMax = 70;

/** Functions, methods and arrow functions of at most 70 lines (not in tests). */
export const functionLength: Rule = (path, text) => {
  if (!/^(src|steps)\//.test(path) || isData(path) || isTest(path)) return [];
  const lines = mask(text).split('\n');
  return lines.flatMap((line, i) => {
    const indent = functionIndent(lines, line, i);
    if (indent === null) return [];
    const close = (l: string) => l.startsWith(`${indent}}`) && !l.endsWith('{');
    const length = lines.slice(i + 1).findIndex(close) + 2;
    return length > functionLinesMax ? [`${path}:${i + 1}: a function of ${length} lines`] : [];
  });
};

/** The indentation of a line on which a function begins, else null. */
function functionIndent(lines: readonly string[], line: string, i: number): string | null {
  const indent = /^ */.exec(line)?.[0] ?? '';
  const code = line.slice(indent.length);
  if (/^(export )?(async )?function\b/.test(code) || code.endsWith('=> {')) return indent;
  if (!/^(static |async |get |set )*#?[A-Za-z_]\w*(<.*>)?\(/.test(code)) return null;
  if (/^(if|for|while|switch|return|catch)\b/.test(code)) return null;
  if (code.endsWith(') {') || /\): [^;]*\{$/.test(code)) return indent;
  if (!code.endsWith('(')) return null;
  const closing = lines.slice(i + 1).find((l) => l.startsWith(`${indent})`));
  return closing?.endsWith('{') ? indent : null;
}

/** Every source file opens with a comment that says what it is, of at most 8 lines. */
export const header: Rule = (path, text) => {
  if (!path.startsWith('src/') || !path.endsWith('.ts')) return [];
  if (path.endsWith('.gen.ts') || isTest(path)) return [];
  const lines = text.replace(/^#!.*\n/, '').split('\n');
  const length = lines.findIndex((line) => !line.startsWith('//'));
  if (length === 0) return [`${path}: no comment at the top`];
  return length > 8 ? [`${path}: the comment at the top has ${length} lines, at most 8`] : [];
};

interface Ban {
  readonly what: string;
  readonly pattern: RegExp;
}

const bannedEverywhere: readonly Ban[] = [
  { what: 'default export', pattern: /^export default\b/m },
  { what: 'enum', pattern: /^\s*(export )?(declare )?(const )?enum\s/m },
  { what: 'any', pattern: /\bas any\b|<any\b|\bany\[\]|\w\??:\s*any\s*[;=)|]/ },
  { what: 'non-null assertion', pattern: /[\w)\]]!(?=[.;,)\]}[]|$)/m },
];

const bannedInCore: readonly Ban[] = [
  { what: 'Date', pattern: /\bDate\s*[.(]|\bnew Date\b/ },
  { what: 'Math.random', pattern: /\bMath\s*\.\s*random\b/ },
  { what: 'process', pattern: /(?<![.\w])process\s*\./ },
  { what: 'async', pattern: /\basync\s+(function|\(|[a-z])|\basync\(/ },
  { what: 'await', pattern: /\bawait\s/ },
  { what: 'timer', pattern: /\b(setTimeout|setInterval|setImmediate|queueMicrotask)\s*\(/ },
  { what: 'Intl', pattern: /\bIntl\s*\./ },
  { what: 'localeCompare', pattern: /\.\s*(localeCompare|toLocale\w+)\s*\(/ },
];

function findBans(path: string, text: string, bans: readonly Ban[]): readonly string[] {
  const lines = mask(text).split('\n');
  return lines.flatMap((line, i) =>
    bans
      .filter(({ pattern }) => pattern.test(line))
      .map(({ what }) => `${path}:${i + 1}: ${what} is not allowed here`),
  );
}

/** No default exports, enums, any, non-null assertions. */
export const language: Rule = (path, text) =>
  isCode(path) && !isData(path) ? findBans(path, text, bannedEverywhere) : [];

/** The core is synchronous and closed: no clock, chance, process or locale. */
export const closedCore: Rule = (path, text) => {
  const room = roomOf(path);
  if (room === null || isTest(path) || outerRooms.includes(room)) return [];
  return findBans(path, text, bannedInCore);
};

/** Only src/index.ts and steps/index.ts gather other files' exports. */
export const barrels: Rule = (path, text) => {
  if (!isCode(path) || path === 'src/index.ts' || path === 'steps/index.ts') return [];
  const statements = mask(text)
    .split(/;\s*\n/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
  const forwards = statements.filter((s) => /^export\b[^=]*\bfrom\s*'/.test(s));
  const barrel = forwards.length > 0 && forwards.length === statements.length;
  return barrel ? [`${path}: only re-exports: import from the files themselves`] : [];
};

/** Rooms in which a version is a row of a table, or at least has a name. */
const versionedRooms = /^src\/(proxy|kubelet|controllers|cni|cloud|cluster|netfilter)\//;
const bareVersion: Ban = {
  what: 'a bare number of a version',
  pattern: /\bminor\s*(?:[<>]=?|===)\s*\d/,
};

/** Version differences are columns in tables, or constants that say what changed. */
export const bareVersions: Rule = (path, text) =>
  versionedRooms.test(path) && !isData(path) && !isTest(path)
    ? findBans(path, text, [bareVersion])
    : [];

const words: readonly RegExp[] = [
  new RegExp(`\\b${'TO'}${'DO'}\\b`),
  new RegExp(`\\b${'FIX'}${'ME'}\\b`),
  new RegExp(`(?<![\\w.@-])/${'work'}/`),
];

/** Words that stand nowhere: notes to oneself and paths of one machine. */
export const forbiddenWords: Rule = (path, text) =>
  text
    .split('\n')
    .flatMap((line, i) =>
      words
        .filter((word) => word.test(line))
        .map((word) => `${path}:${i + 1}: ${word.exec(line)?.[0]} must not be written here`),
    );

/** Markers of a merge that was not finished. */
export const conflictMarkers: Rule = (path, text) =>
  text
    .split('\n')
    .flatMap((line, i) =>
      /^(?:<{7}|>{7}|\|{7})(?: |$)/.test(line)
        ? [`${path}:${i + 1}: marker of a merge conflict`]
        : [],
    );

export const rules: Readonly<Record<string, Rule>> = {
  imports,
  fileLength,
  functionLength,
  header,
  language,
  closedCore,
  barrels,
  bareVersions,
  conflictMarkers,
  forbiddenWords,
};
