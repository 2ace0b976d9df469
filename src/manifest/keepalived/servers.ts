// The virtual_server blocks of keepalived.conf with their real servers and checks. What a real server does not say it takes
// from its virtual server, a check from its real server. What `keepalived --config-test` complains of is an error here.
// Models check_parser.c, check_api.c, check_http.c and validate_check_config (check_data.c).
import type {
  CheckConf,
  RealServerConf,
  SorryServer,
  VirtualServerConf,
} from '../../api/keepalived.ts';
import { type Addr, familyOf, formatAddr, formatEndpoint, parseAddr } from '../../net/addr.ts';
import { parseProto } from '../../net/packet.ts';
import {
  addressIn,
  all,
  bodyOf,
  checkFamily,
  endpointIn,
  flagIn,
  known,
  last,
  onlyWord,
  secondsIn,
  wholeIn,
  wordIn,
} from './block.ts';
import { ConfError, type Statement, type Word } from './lexer.ts';
import type { Around } from './vrrp.ts';

const schedulers = 'rr wrr lc wlc lblc sh mh dh fo ovf lblcr sed nq twos'.split(' ');

/** What is handed down. */
interface Defaults {
  readonly alpha: boolean;
  readonly inhibit: boolean;
  readonly weight: number;
  readonly timeoutMs: number;
  readonly delayLoopMs: number;
  readonly warmupMs: number | undefined;
  readonly retry: number | undefined;
  readonly delayBeforeRetryMs: number | undefined;
  readonly virtualhost: string;
}

const usual: Defaults = {
  alpha: false,
  inhibit: false,
  weight: 1,
  timeoutMs: 5000,
  delayLoopMs: 60_000,
  warmupMs: undefined,
  retry: undefined,
  delayBeforeRetryMs: undefined,
  virtualhost: '',
};

const whole = { low: 0, high: 65_535 };

/** The same keywords stand in virtual servers, real servers and checks. */
function defaultsIn(body: readonly Statement[], outer: Defaults): Defaults {
  const host = last(body, 'virtualhost');
  return {
    alpha: flagIn(body, 'alpha') ?? outer.alpha,
    inhibit: flagIn(body, 'inhibit_on_failure') ?? outer.inhibit,
    weight: wholeIn(body, 'weight', whole) ?? outer.weight,
    timeoutMs: secondsIn(body, 'connect_timeout', 0.001) ?? outer.timeoutMs,
    delayLoopMs: secondsIn(body, 'delay_loop', 0.001) ?? outer.delayLoopMs,
    warmupMs: secondsIn(body, 'warmup', 0) ?? outer.warmupMs,
    retry: wholeIn(body, 'nb_get_retry', whole) ?? wholeIn(body, 'retry', whole) ?? outer.retry,
    delayBeforeRetryMs: secondsIn(body, 'delay_before_retry', 0) ?? outer.delayBeforeRetryMs,
    virtualhost: host === undefined ? outer.virtualhost : onlyWord(host).text,
  };
}

export function readVirtualServer(statement: Statement, around: Around): VirtualServerConf {
  const [keyword, ip] = statement.words;
  const { addr, port } = endpointIn({ ...statement, body: null });
  checkFamily(ip as Word, addr, around.ip);
  const body = known('virtual_server', bodyOf(statement));
  const name = `Virtual server [${formatAddr(addr)}]:${port}`;
  checkMethod(body, keyword, name);
  const protocol = last(body, 'protocol');
  if (protocol === undefined) {
    const hint = 'protocol TCP; without one keepalived takes UDP';
    throw new ConfError('missing-field', keyword, `${name}: no protocol set`, hint);
  }
  const word = onlyWord(protocol);
  const proto = parseProto(word.text.toUpperCase());
  if (proto === undefined) {
    throw new ConfError('invalid-value', word, `protocol "${word.text}"`, 'TCP, UDP or SCTP');
  }
  const quorum = wholeIn(body, 'quorum', { low: 1, high: 65_535 }) ?? 1;
  const hysteresis = wholeIn(body, 'hysteresis', whole) ?? 0;
  if (hysteresis >= quorum) {
    const at = last(body, 'hysteresis')?.words[0] ?? keyword;
    const message = `${name}: hysteresis ${hysteresis} is not below quorum`;
    throw new ConfError('invalid-value', at, message);
  }
  return {
    proto,
    addr,
    port,
    ...schedulingOf(body, keyword, name),
    persistence: persistenceOf(body, addr),
    quorum,
    hysteresis,
    sorryServer: sorryServerOf(body, around),
    realServers: realServersOf(body, defaultsIn(body, usual), around, name),
    position: around.place(keyword),
  };
}

/** Masquerading alone: the packet's destination becomes the real server's. */
function checkMethod(body: readonly Statement[], keyword: Word | null, name: string): void {
  const found = [...all(body, 'lb_kind'), ...all(body, 'lvs_method')];
  if (found.length === 0 && keyword !== null) {
    const message = `${name}: no forwarding method set`;
    throw new ConfError('missing-field', keyword, message, 'lb_kind NAT');
  }
  for (const statement of found) {
    const [, word] = statement.words;
    if (word?.text === 'NAT') continue;
    const at = word ?? statement.words[0];
    if (word?.text === 'DR' || word?.text === 'TUN') {
      const message = `keepalived: ${statement.words[0].text} ${word.text} is not modelled`;
      const hint =
        'NAT: a node port has another number than the virtual server, and DR and TUN keep it';
      throw new ConfError('not-modelled', at, message, hint);
    }
    throw new ConfError('invalid-value', at, `${statement.words[0].text} "${at.text}"`, 'NAT');
  }
}

function schedulingOf(
  body: readonly Statement[],
  keyword: Word,
  name: string,
): Pick<VirtualServerConf, 'scheduler' | 'flags'> {
  const scheduler = wordIn(body, 'lb_algo', schedulers) ?? wordIn(body, 'lvs_sched', schedulers);
  if (scheduler === undefined) {
    const message = `${name}: no scheduler set`;
    throw new ConfError('missing-field', keyword, message, 'lb_algo rr; without one it is wlc');
  }
  const flag = (word: string) => last(body, `${scheduler}-${word}`) !== undefined;
  return {
    scheduler,
    flags: [
      ...(flag('fallback') ? (['flag-1'] as const) : []),
      ...(flag('port') ? (['flag-2'] as const) : []),
    ],
  };
}

function persistenceOf(body: readonly Statement[], addr: Addr): VirtualServerConf['persistence'] {
  const timeout = last(body, 'persistence_timeout');
  const granularity = last(body, 'persistence_granularity');
  if (timeout === undefined && granularity === undefined) return null;
  const isBare = timeout === undefined || timeout.words.length === 1;
  const seconds = isBare
    ? 360
    : (wholeIn(body, 'persistence_timeout', { low: 1, high: 31 * 86_400 }) ?? 360);
  const most = familyOf(addr) === 4 ? 32 : 128;
  if (granularity === undefined) return { timeoutSeconds: seconds, bits: most };
  const word = onlyWord(granularity);
  const bits = most === 32 ? maskBits(word.text) : Number(word.text);
  if (bits !== undefined && bits >= 1 && bits <= most) return { timeoutSeconds: seconds, bits };
  const hint = most === 32 ? 'a mask as 255.255.255.0' : '1 to 128';
  throw new ConfError('invalid-value', word, `persistence_granularity "${word.text}"`, hint);
}

/** "255.255.255.0" -> 24; undefined for what is no prefix. */
function maskBits(text: string): number | undefined {
  const value = parseAddr(text);
  if (typeof value !== 'number') return undefined;
  const bits = value.toString(2).padStart(32, '0').replace(/0*$/, '');
  return bits.includes('0') ? undefined : bits.length;
}

function sorryServerOf(body: readonly Statement[], { place, ip }: Around): SorryServer | null {
  const statement = last(body, 'sorry_server');
  if (statement === undefined) return null;
  const { addr, port } = endpointIn(statement);
  checkFamily(statement.words[1] as Word, addr, ip);
  return { addr, port, position: place(statement.words[0]) };
}

function realServersOf(
  body: readonly Statement[],
  defaults: Defaults,
  around: Around,
  name: string,
): readonly RealServerConf[] {
  const seen = new Set<string>();
  return all(body, 'real_server').map((statement) => {
    const [keyword, ip] = statement.words;
    const { addr, port } = endpointIn({ ...statement, body: null });
    checkFamily(ip as Word, addr, around.ip);
    const key = formatEndpoint(addr, port);
    if (seen.has(key)) {
      const message = `${name}: real server [${formatAddr(addr)}]:${port} is duplicated`;
      throw new ConfError('invalid-value', keyword, message, 'take one of the two away');
    }
    seen.add(key);
    const inner = known('real_server', bodyOf(statement));
    checkMethod(inner, null, name);
    const own = defaultsIn(inner, defaults);
    const checks = inner.filter(({ words }) => /^(?:TCP_CHECK|HTTP_GET)$/.test(words[0].text));
    return {
      addr,
      port,
      weight: own.weight,
      inhibit: own.inhibit,
      checks: checks.map((check) => readCheck(check, { addr, port }, own)),
      position: around.place(keyword),
    };
  });
}

interface Target {
  readonly addr: Addr;
  readonly port: number;
}

function readCheck(statement: Statement, server: Target, defaults: Defaults): CheckConf {
  const isHttp = statement.words[0].text === 'HTTP_GET';
  const body = known(isHttp ? 'HTTP_GET' : 'TCP_CHECK', bodyOf(statement));
  const own = defaultsIn(body, defaults);
  const ip = last(body, 'connect_ip');
  return {
    kind: isHttp ? 'http' : 'tcp',
    addr: ip === undefined ? server.addr : addressIn(onlyWord(ip)),
    port: wholeIn(body, 'connect_port', { low: 1, high: 65_535 }) ?? server.port,
    timeoutMs: own.timeoutMs,
    delayLoopMs: own.delayLoopMs,
    warmupMs: own.warmupMs ?? own.delayLoopMs,
    retry: own.retry ?? 1,
    delayBeforeRetryMs: own.delayBeforeRetryMs ?? (isHttp ? 3000 : 1000),
    alpha: own.alpha,
    ...(isHttp
      ? readUrl(statement, body, own.virtualhost)
      : { path: '', virtualhost: '', statusCodes: [] }),
  };
}

function readUrl(
  statement: Statement,
  body: readonly Statement[],
  virtualhost: string,
): Pick<CheckConf, 'path' | 'virtualhost' | 'statusCodes'> {
  const [url, second] = all(body, 'url');
  const [keyword] = statement.words;
  if (url === undefined) {
    const message = 'HTTP_GET has no url';
    throw new ConfError('missing-field', keyword, message, 'url { path / }');
  }
  if (second !== undefined) {
    const message = 'keepalived: a second url of one HTTP_GET is not modelled';
    throw new ConfError('not-modelled', second.words[0], message, 'an HTTP_GET for each');
  }
  const inner = known('url', bodyOf(url));
  const path = last(inner, 'path');
  if (path === undefined) {
    throw new ConfError('missing-field', url.words[0], 'url has no path', 'path /');
  }
  const host = last(inner, 'virtualhost');
  const codes = all(inner, 'status_code').flatMap(({ words }) => words.slice(1).map(codeRange));
  return {
    path: onlyWord(path).text,
    virtualhost: host === undefined ? virtualhost : onlyWord(host).text,
    statusCodes: codes.length === 0 ? [{ low: 200, high: 299 }] : codes,
  };
}

function codeRange(word: Word): { readonly low: number; readonly high: number } {
  const match = /^(\d{3})(?:-(\d{3}))?$/.exec(word.text);
  const [low, high] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
  if (low >= 100 && high <= 599 && low <= high) return { low, high };
  throw new ConfError('invalid-value', word, `status_code "${word.text}"`, '100 to 599, 200-299');
}
