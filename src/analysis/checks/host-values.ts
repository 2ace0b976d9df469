// Host names in text that programs are configured with: `host`, `host:port`, URLs and data source names, comma lists of
// them, pairs X_HOST and X_PORT. A bare word is a host only under a key that says so; what could be anything else is left
// alone. Nothing is resolved here.

export interface Target {
  readonly host: string;
  /** null: nothing says which. */
  readonly port: number | null;
  /** As it was written, without user and password. */
  readonly text: string;
}

/** Ports that a scheme implies. */
const schemePorts: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  ws: 80,
  wss: 443,
  postgres: 5432,
  postgresql: 5432,
  mysql: 3306,
  mariadb: 3306,
  redis: 6379,
  rediss: 6379,
  mongodb: 27_017,
  amqp: 5672,
  amqps: 5671,
  nats: 4222,
  ldap: 389,
  ldaps: 636,
  memcached: 11_211,
  clickhouse: 9000,
};

/** Schemes without a port of their own that still name a host. */
const hostSchemes = new Set(['tcp', 'grpc', 'grpcs', 'dns', 'kafka', 'cassandra', 'sqlserver']);

const url = /\b(?:jdbc:)?([a-z][a-z0-9]*)(?:\+[a-z0-9]+)?:\/\/([^\s/?#"'`<>{}()|\\]+)/gi;
const hostName =
  /^(?=.{1,253}\.?$)[a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9])?(\.[a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9])?)*\.?$/i;

/** Last word of a key that means a host, and of one that never does. */
const hostWords = new Set([
  'HOST',
  'HOSTS',
  'ADDR',
  'ADDRS',
  'ADDRESS',
  'ADDRESSES',
  'SERVER',
  'SERVERS',
  'ENDPOINT',
  'ENDPOINTS',
  'URL',
  'URLS',
  'URI',
  'DSN',
  'BROKER',
  'BROKERS',
  'SERVICE',
]);
/** Words of a key whose value is the program's own, or where it listens. */
const ownWords = new Set([
  'LISTEN',
  'BIND',
  'ALLOWED',
  'VIRTUAL',
  'PUBLIC',
  'CORS',
  'ORIGIN',
  'SELF',
]);

/** Words of a key: "db.serverHost" -> DB, SERVER, HOST. */
function wordsOf(key: string): readonly string[] {
  return key
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toUpperCase()
    .split(/[^A-Z0-9]+/)
    .filter((word) => word !== '');
}

export interface Setting {
  readonly key: string;
  readonly value: string;
}

/** The hosts that a setting names. `siblings` are the other settings of the same program, for X_PORT. */
export function targetsOf({ key, value }: Setting, siblings: ReadonlyMap<string, string>) {
  const words = wordsOf(key);
  if (words.some((word) => ownWords.has(word))) return [];
  const found = urlsIn(value.includes('\n') ? withoutComments(value) : value);
  if (found.length > 0 || value.includes('://')) return found;
  const last = words.at(-1) ?? '';
  if (!hostWords.has(last)) return [];
  const port = portBeside(key, siblings);
  return value.split(',').flatMap((part) => bare(part.trim(), port));
}

/** The lines of a file that are no comments. */
export function withoutComments(text: string): string {
  const lines = text.split('\n').filter((line) => !/^\s*(#|\/\/|;|--)/.test(line));
  return lines.join('\n');
}

/** Every URL in a text. */
export function urlsIn(text: string): readonly Target[] {
  return [...text.matchAll(url)].flatMap(([, name = '', authority = '']) => {
    const scheme = name.toLowerCase();
    const usual = schemePorts[scheme] ?? null;
    if (usual === null && !hostSchemes.has(scheme)) return [];
    const hosts = authority.slice(authority.lastIndexOf('@') + 1);
    return hosts.split(',').flatMap((part) => bare(part, usual));
  });
}

/** `host` or `host:port`; nothing for addresses, variables and what no host is called. */
function bare(text: string, usual: number | null): readonly Target[] {
  const [, host = '', digits] = /^([^:[\]]+?)(?::(\d{1,5}))?$/.exec(text) ?? [];
  const port = digits === undefined ? usual : Number(digits);
  if (!hostName.test(host) || !/[a-z]/i.test(host) || host.toLowerCase() === 'localhost') return [];
  if (port !== null && (port < 1 || port > 65_535)) return [];
  if (/^(true|false|yes|no|none|null|on|off|auto|default)$/i.test(host)) return [];
  return [{ host, port, text: digits === undefined ? host : `${host}:${digits}` }];
}

/** X_PORT beside X_HOST. */
function portBeside(key: string, siblings: ReadonlyMap<string, string>): number | null {
  const name = key.replace(/(host|hostname|addr|address|server|service|endpoint)$/i, (word) =>
    word === word.toUpperCase() ? 'PORT' : word[0] === word[0]?.toUpperCase() ? 'Port' : 'port',
  );
  const text = name === key ? undefined : siblings.get(name);
  return text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) : null;
}
