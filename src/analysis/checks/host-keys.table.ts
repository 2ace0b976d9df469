// What names of settings and URL schemes say about a value: the words of a key that mean a host, those that need a port
// beside it, those that never mean one; the ports that schemes imply. From the documentation of the programs named.

/** Ports that a scheme implies. */
export const schemePorts: Readonly<Record<string, number>> = {
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
  sqlserver: 1433,
  bolt: 7687,
  neo4j: 7687,
  zk: 2181,
  smtp: 25,
  smtps: 465,
  mssql: 1433,
  ftp: 21,
  hdfs: 8020,
};

/** Schemes without a port of their own that still name a host. */
export const hostSchemes: ReadonlySet<string> = new Set([
  'tcp',
  'tls',
  'ssl',
  'udp',
  'grpc',
  'grpcs',
  'kafka',
  'cassandra',
  'pulsar',
  'mqtt',
  'mqtts',
  'stomp',
  'thrift',
  'cockroach',
  'cockroachdb',
  'plaintext',
  'sasl_plaintext',
  'sasl_ssl',
]);

/** Last word of a key that means a host, even if the value is one bare word. */
export const hostWords: ReadonlySet<string> = new Set([
  'HOST',
  'HOSTS',
  'HOSTNAME',
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
  'SEEDS',
  'SENTINELS',
]);

/** Last word of a key that means a host if a port or a dot is written too: alone it may be any name. */
export const placeWords: ReadonlySet<string> = new Set([
  'SERVICE',
  'NODES',
  'PEERS',
  'MEMBERS',
  'CONNECT',
  'TARGET',
  'TARGETS',
  'UPSTREAM',
  'BACKEND',
  'QUORUM',
  'VOTERS',
  'CLUSTER',
]);

/** Last words whose bare value is often the program's own name, or its kind: told only where a Service is known. */
export const vagueWords: ReadonlySet<string> = new Set([
  ...['HOSTNAME', 'ENDPOINT', 'ENDPOINTS', 'URL', 'URLS', 'URI'],
]);

/** Words of a key whose value is the program's own name, or where it listens. */
export const ownWords: ReadonlySet<string> = new Set([
  'LISTEN',
  'BIND',
  'ALLOWED',
  'VIRTUAL',
  'PUBLIC',
  'CORS',
  'ORIGIN',
  'SELF',
]);

/** Words of a key whose `name:number` is an image with its tag. */
export const imageWords: ReadonlySet<string> = new Set([
  'IMAGE',
  'IMAGES',
  'TAG',
  'VERSION',
  'REPOSITORY',
]);

/** Values that are no host, whatever the key. */
export const plainWords =
  /^(true|false|yes|no|none|null|nil|on|off|auto|default|any|all|enabled|disabled|unset|self|local|localhost)$/i;

export interface Client {
  /** `first`: the first word that is no flag, `pair`: that and the next one, `flags`: -h and -p. */
  readonly kind: 'first' | 'pair' | 'flags';
  /** Letters of flags that have a word of their own behind them. */
  readonly valued?: string;
  /** Where the flag of the port is another one than -p. */
  readonly portFlag?: string;
}

const netcat: Client = { kind: 'pair', valued: 'IiMmOPpqsTVwXx' };
const waitFor: Client = { kind: 'first', valued: 'thp' };

/** How a program is told a host. From the manuals of curl, GNU and BusyBox wget, iputils, netcat-openbsd. */
export const clients: Readonly<Record<string, Client>> = {
  nslookup: { kind: 'first' },
  host: { kind: 'first', valued: 'cNRtW' },
  ping: { kind: 'first', valued: 'cIilmpQSsTtWw' },
  ping6: { kind: 'first', valued: 'cIilmpQSsTtWw' },
  curl: { kind: 'first', valued: 'AbCcDdEeFHhKmoPQrTtUuwXxYyz' },
  wget: { kind: 'first', valued: 'AaBDeIiOoPQRTtUwXY' },
  'wait-for-it': waitFor,
  'wait-for-it.sh': waitFor,
  'wait-for': waitFor,
  'wait-for.sh': waitFor,
  nc: netcat,
  ncat: netcat,
  netcat: netcat,
  telnet: { kind: 'pair' },
  psql: { kind: 'flags' },
  pg_isready: { kind: 'flags' },
  pg_dump: { kind: 'flags' },
  'redis-cli': { kind: 'flags' },
  mysql: { kind: 'flags', portFlag: 'P' },
  mysqladmin: { kind: 'flags', portFlag: 'P' },
  mariadb: { kind: 'flags', portFlag: 'P' },
};

/** Long flags of those programs that have a word of their own behind them. */
export const valuedFlags: ReadonlySet<string> = new Set([
  ...['--max-time', '--connect-timeout', '--retry', '--retry-delay', '--data', '--header'],
  ...['--request', '--user', '--output', '--write-out', '--user-agent', '--timeout', '--tries'],
]);
