// Host names in text that programs are configured with: `host`, `host:port`, URLs and data source names, comma lists of
// them, pairs X_HOST and X_PORT. A bare word is a host only under a key that says so; what could be anything else is left
// alone or marked as not sure. Nothing is resolved here. Whole files are read by host-files.ts.
import {
  hostSchemes,
  hostWords,
  imageWords,
  ownWords,
  placeWords,
  plainWords,
  schemePorts,
  vagueWords,
} from './host-keys.table.ts';

export interface Target {
  readonly host: string;
  /** null: nothing says which. */
  readonly port: number | null;
  /** As it was written, without user and password. */
  readonly text: string;
  /** Nothing but a host can be meant; else it is told only where a name that would work is known. */
  readonly sure: boolean;
  /** Where the host begins in the text. */
  readonly index: number;
  /** What holds the port, where it does not stand with the host: "REDIS_PORT". */
  readonly portKey?: string;
}

const url =
  /(?<![a-z0-9_])([a-z][a-z0-9_]*)(\+[a-z0-9]+)?:\/\/(?:[^\s/?#"'`<>]*@)?((?:(?!,(?:[\w.-]{1,253}=)?[a-z][a-z0-9_+]*:\/\/)[^\s/?#"'`<>{}()|\\;&\]])+)/gi;
const hostName =
  /^(?=.{1,253}\.?$)[a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9])?(\.[a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9])?)*\.?$/i;

/** Words of a key: "db.serverHost" -> DB, SERVER, HOST. */
export function wordsOf(key: string): readonly string[] {
  return key
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toUpperCase()
    .split(/[^A-Z0-9]+/)
    .filter((word) => word !== '');
}

/** The last word, of "PGHOST" HOST. */
function lastWord(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  const [, end] =
    /^(?!GHOST$|LOCALHOST$|CURL$).+(HOST|HOSTS|HOSTNAME|ADDR|URL|URI)$/.exec(last) ?? [];
  return end ?? last;
}

/** Whether the values of a list with this key are hosts. */
export function meansHosts(key: string): boolean {
  const words = wordsOf(key);
  const last = lastWord(words);
  const isOwn = words.some((word) => ownWords.has(word));
  return !isOwn && (hostWords.has(last) || placeWords.has(last));
}

export interface Setting {
  readonly key: string;
  readonly value: string;
}

/** The hosts that a setting names. `siblings` are the other settings of the same program, for X_PORT. */
export function targetsOf(
  { key, value }: Setting,
  siblings: ReadonlyMap<string, string>,
): readonly Target[] {
  const words = wordsOf(key);
  if (words.some((word) => ownWords.has(word))) return [];
  const isAdvertised = words.includes('ADVERTISED');
  const certain = certainIn(value, isAdvertised);
  const last = lastWord(words);
  const isWhole = hostWords.has(last) && hostsOnly.test(value);
  const found = isWhole ? certain : [...certain, ...clusterNamesIn(value)];
  if (found.length > 0 || value.includes('://') || value.includes('\n')) return unique(found);
  if (value.startsWith('{')) return targetsInFlow(value);
  if (/(?:^|\s)-D/.test(value)) return inProperties(value);
  if (hostWords.has(last) || placeWords.has(last)) {
    const port = portBeside(key, siblings);
    const isVague = vagueWords.has(last) || words.length === 1 || /[^\s,]\s+[^\s,]/.test(value);
    const hosts = partsOf(value).flatMap(({ text, index }) =>
      bare(text, null, index, !isVague || text.includes(':') || text.includes('.')).filter(
        ({ host, text: own }) => hostWords.has(last) || own.includes(':') || host.includes('.'),
      ),
    );
    return hosts.map((one) => (one.port === null ? { ...one, ...port } : one));
  }
  if (words.some((word) => imageWords.has(word))) return [];
  return hostsWithPorts(value);
}

/** The system properties of a JVM: "-Ddb.host=pg -Ddb.port=5432". */
function inProperties(value: string): readonly Target[] {
  const all = [...value.matchAll(/(?<!\S)-D([\w.-]{1,200})=(\S{1,1000})/g)];
  const siblings = new Map(all.map(({ 1: key = '', 2: text = '' }) => [key, text]));
  return all.flatMap(({ 0: whole, 1: key = '', 2: text = '', index }) =>
    text.includes('-D')
      ? []
      : targetsOf({ key, value: text }, siblings).map((target) => {
          return { ...target, index: index + whole.length - text.length + target.index };
        }),
  );
}

/** `host:port`, or a comma list that begins with such: hosts perhaps. */
export function hostsWithPorts(value: string): readonly Target[] {
  const found: Target[] = [];
  for (const { text, index } of partsOf(value)) {
    const [one] = bare(text, null, index, false);
    // Options may follow: "redis:6379,ssl=False".
    if (one?.port == null) return text.includes('=') ? found : [];
    found.push(one);
  }
  return found;
}

/** The parts of a comma list, or of one between blanks, with where they begin; Kafka's "1@" is no part of a host. */
function partsOf(value: string): readonly { readonly text: string; readonly index: number }[] {
  return [...value.matchAll(/(?<![^,\s])(\d+@)?([^,\s]+)/g)].map(
    ({ 1: id = '', 2: text = '', index }) => ({ text, index: index + id.length }),
  );
}

/** Hosts, perhaps with ports, and nothing else. */
const hostsOnly = /^[\w.:-]+(\s*,\s*[\w.:-]+)*$/;

/** Everything in a text that can only be a host: URLs, data source names, names that end in the cluster's. */
export function targetsIn(text: string): readonly Target[] {
  return unique([...certainIn(text, false), ...clusterNamesIn(text)]);
}

function certainIn(text: string, anyScheme: boolean): readonly Target[] {
  return [...urlsIn(text, anyScheme), ...sourcesIn(text)];
}

/** The first of those that begin at one place. */
function unique(found: readonly Target[]): readonly Target[] {
  const seen = new Set<number>();
  return found.filter(({ index }) => !seen.has(index) && seen.add(index));
}

/** Every URL in a text. */
function urlsIn(text: string, anyScheme: boolean): readonly Target[] {
  return [...text.matchAll(url)].flatMap((match) => {
    const [whole, name = '', plus = '', authority = ''] = match;
    const scheme = name.toLowerCase();
    const usual = Object.hasOwn(schemePorts, scheme) ? (schemePorts[scheme] ?? null) : null;
    // The name of an SRV record need have no address.
    if (plus === '+srv') return [];
    if (usual === null && !anyScheme && !hostSchemes.has(scheme)) return [];
    const start = match.index + whole.length - authority.length;
    return partsOf(authority).flatMap((part) => bare(part.text, usual, start + part.index, true));
  });
}

const inParentheses = /@tcp6?\(([^()\s]{1,300})\)/g;
const oracle = /jdbc:oracle:thin:[^@\s]{0,200}@(?:\/\/)?([^\s:/]{1,253}:\d+)/gi;
const keyword =
  /(?:^|[;\s"'])(?:host|hostaddr|server|data source|addr)\s*=\s*(?:tcp:)?([^;\s,"']+)(?:,(\d+))?/i;
const beside =
  /(?:^|[;\s"'])(?:user|user id|uid|username|password|pwd|dbname|database|initial catalog|sslmode|port)\s*=/i;

/** gRPC's targets and bash's devices. */
const behindSlashes =
  /\bdns:\/\/\/([^\s/"',;]{1,300})|\/dev\/(?:tcp|udp)\/([^\s/"';)]{1,253}\/\d+)/g;

/** Data source names that are no URLs: of Go's MySQL driver, Oracle's, of gRPC and bash, and those of keywords. */
function sourcesIn(text: string): readonly Target[] {
  const inPaths = [...text.matchAll(behindSlashes)].flatMap((match) => {
    const [whole, target, device = ''] = match;
    const authority = target ?? device.replace('/', ':');
    return bare(authority, null, match.index + whole.length - authority.length, true);
  });
  const found = [
    ...inPaths,
    ...[
      ...[...text.matchAll(inParentheses)].map((match) => ({ match, usual: 3306 })),
      ...[...text.matchAll(oracle)].map((match) => ({ match, usual: 1521 })),
    ].flatMap(({ match, usual }) => {
      const [whole, authority = ''] = match;
      return bare(authority, usual, match.index + whole.lastIndexOf(authority), true);
    }),
  ];
  if (text.includes('\n') || !beside.test(text)) return found;
  const match = keyword.exec(text);
  const [whole = '', host = '', comma] = match ?? [];
  const port = comma ?? /(?:^|[;\s"'])port\s*=\s*(\d{1,5})/i.exec(text)?.[1];
  const index = (match?.index ?? 0) + whole.lastIndexOf(host);
  return [...found, ...bare(host, port === undefined ? null : Number(port), index, true)];
}

const clusterName =
  /(?<![\w.*@/$})-])((?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?\.){2,}svc(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*(?::\d{1,5})?)(?![\w-])/gi;

/** "web.demo.svc", with or without the domain, wherever it stands. */
function clusterNamesIn(text: string): readonly Target[] {
  return [...text.matchAll(clusterName)].flatMap(({ 0: name, index }) =>
    bare(name, null, index, false),
  );
}

/** `host` or `host:port`, perhaps with a path; nothing for addresses, variables and what no host is called. */
export function bare(
  text: string,
  usual: number | null,
  index: number,
  sure: boolean,
): readonly Target[] {
  const [, host = '', digits] = /^([^:[\]/]+?)(?::(\d{1,5})(?:\/.*)?)?$/.exec(text) ?? [];
  const port = digits === undefined ? usual : Number(digits);
  if (!hostName.test(host) || !/[a-z]/i.test(host) || plainWords.test(host)) return [];
  if (port !== null && (port < 1 || port > 65_535)) return [];
  return [{ host, port, text: digits === undefined ? host : `${host}:${digits}`, sure, index }];
}

const flowPair =
  /(?<![\w.-])["']?([A-Za-z_][\w.-]*)["']?\s*:\s*(?:"([^"]*)"|'([^']*)'|([^\s"',{}[\]]+))/g;

const flowList = /(?<![\w.-])["']?([A-Za-z_][\w.-]*)["']?\s*:\s*\[([^[\]{}]*)\]/g;

/** Hosts in `{ "host": "db", "port": 5432 }`, JSON or YAML, in one line. */
export function targetsInFlow(text: string): readonly Target[] {
  if (!text.includes('{')) return [];
  const pairs = flowPairs(text);
  const ports = new Map(
    pairs
      .filter(({ key, value }) => /(^|_)port(_value)?$/i.test(key) && /^\d{1,5}$/.test(value))
      .map(({ map, value }) => [map, Number(value)]),
  );
  const inPairs = pairs.flatMap(({ key, value, index, map }) => {
    if (!meansHosts(key) || value.includes('://')) return [];
    return targetsOf({ key, value }, new Map()).map((target) => {
      const own = withPort(target, ports.get(map) ?? null);
      return { ...own, sure: own.port !== null, index: index + target.index };
    });
  });
  return [...inPairs, ...targetsInLists(text)];
}

/** Prometheus' `[{ targets: ["a:9090", "b:9090"] }]`. */
function targetsInLists(text: string): readonly Target[] {
  return [...text.matchAll(flowList)].flatMap(({ 0: whole, 1: key = '', 2: list = '', index }) => {
    if (!meansHosts(key)) return [];
    const start = index + whole.length - 1 - list.length;
    return [...list.matchAll(/[^\s,"']+/g)]
      .flatMap(({ 0: one, index: at }) => bare(one, null, start + at, true))
      .filter(({ host, port }) => port !== null || host.includes('.'));
  });
}

interface FlowPair extends Setting {
  readonly index: number;
  /** Which pair of braces it stands in. */
  readonly map: number;
}

function flowPairs(text: string): readonly FlowPair[] {
  const open: number[] = [];
  let maps = 0;
  let from = 0;
  return [...text.matchAll(flowPair)].map((match) => {
    for (; from < match.index; from++) {
      if (text[from] === '{') open.push(++maps);
      else if (text[from] === '}') open.pop();
    }
    const [whole, key = '', ...values] = match;
    const value = values.find((one) => one !== undefined) ?? '';
    from = match.index + whole.length;
    return { key, value, index: match.index + whole.lastIndexOf(value), map: open.at(-1) ?? 0 };
  });
}

/** A host without a port, with the one that stands beside it. */
export function withPort(target: Target, port: number | null): Target {
  if (target.port !== null || port === null) return target;
  return { ...target, port, portKey: 'port' };
}

/** X_PORT beside X_HOST. */
function portBeside(
  key: string,
  siblings: ReadonlyMap<string, string>,
): Pick<Target, 'port' | 'portKey'> | null {
  const name = key.replace(/(host|hostname|addr|address|server|service|endpoint)$/i, (word) =>
    word === word.toUpperCase() ? 'PORT' : word[0] === word[0]?.toUpperCase() ? 'Port' : 'port',
  );
  const text = name === key ? undefined : siblings.get(name);
  if (text === undefined || !/^\d{1,5}$/.test(text)) return null;
  const port = Number(text);
  return port < 1 || port > 65_535 ? null : { port, portKey: name };
}
