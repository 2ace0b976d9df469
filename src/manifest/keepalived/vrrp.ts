// The vrrp_instance blocks of keepalived.conf. What `keepalived --config-test` complains of is an error here. Models
// vrrp_parser.c and vrrp_complete_instance (vrrp.c).
import type { Position } from '../../api/input-error.ts';
import type { VrrpInstance } from '../../api/keepalived.ts';
import { type Addr, familyOf, formatAddr } from '../../net/addr.ts';
import {
  addressIn,
  all,
  bodyOf,
  flagIn,
  known,
  last,
  ofFamily,
  onlyWord,
  secondsIn,
  wholeIn,
  wordIn,
} from './block.ts';
import { ConfError, type Statement, type Word } from './lexer.ts';

/** What an instance takes from around it. */
export interface Around {
  /** The host's address. */
  readonly ip: Addr;
  readonly globals: readonly Statement[];
  readonly place: (word: Word) => Position | null;
}

/** The one interface of a host. */
const device = 'eth0';

const adverts = { low: 1, high: 100 };
const repeats = { low: 0, high: 2_147_483_647 };

export function readInstance(statement: Statement, around: Around): VrrpInstance {
  const { ip, globals, place } = around;
  const [keyword, name] = statement.words;
  if (name === undefined) {
    throw new ConfError('missing-field', keyword, 'vrrp_instance must have a name');
  }
  const body = known('vrrp_instance', bodyOf(statement));
  checkDevice(body, name);
  checkSource(body, ip);
  const virtualRouterId = wholeIn(body, 'virtual_router_id', { low: 1, high: 255 });
  if (virtualRouterId === undefined) {
    const message = `(${name.text}) the virtual router id must be set`;
    throw new ConfError('missing-field', name, message, 'virtual_router_id 1 to 255');
  }
  const version = versionOf(body, globals, ip);
  const state = wordIn(body, 'state', ['MASTER', 'BACKUP']);
  const priority = wholeIn(body, 'priority', { low: 1, high: 255 });
  return {
    name: name.text,
    version,
    virtualRouterId,
    priority: priority ?? (state === 'MASTER' ? 255 : 100),
    state: state ?? (priority === 255 ? 'MASTER' : 'BACKUP'),
    advertMs: advertMs(body, version),
    downTimerAdverts:
      wholeIn(body, 'down_timer_adverts', adverts) ??
      wholeIn(globals, 'vrrp_down_timer_adverts', adverts) ??
      3,
    ...preemption(body, name, state, priority),
    garpDelayMs:
      secondsIn(body, 'garp_master_delay', 0) ??
      secondsIn(globals, 'vrrp_garp_master_delay', 0) ??
      5000,
    garpRefreshMs:
      secondsIn(body, 'garp_master_refresh', 0) ??
      secondsIn(globals, 'vrrp_garp_master_refresh', 0) ??
      0,
    garpLowerPrio:
      (wholeIn(body, 'garp_lower_prio_repeat', repeats) ??
        wholeIn(globals, 'vrrp_garp_lower_prio_repeat', repeats)) !== 0,
    lowerPrioNoAdvert:
      flagIn(body, 'lower_prio_no_advert') ?? flagIn(globals, 'vrrp_lower_prio_no_advert') ?? false,
    higherPrioSendAdvert:
      flagIn(body, 'higher_prio_send_advert') ??
      flagIn(globals, 'vrrp_higher_prio_send_advert') ??
      false,
    authentication: authenticationOf(body, version),
    virtualAddresses: virtualAddresses(body, name, ip),
    unicastPeers: all(body, 'unicast_peer').flatMap((peers) =>
      bodyOf(peers).map(({ words }) => ofFamily(words[0], ip)),
    ),
    position: place(keyword),
  };
}

function versionOf(
  body: readonly Statement[],
  globals: readonly Statement[],
  ip: Addr,
): VrrpInstance['version'] {
  const own = wordIn(body, 'version', ['2', '3']);
  // The global one is for IPv4.
  if (familyOf(ip) === 6) return own === '2' ? 2 : 3;
  return (own ?? wordIn(globals, 'vrrp_version', ['2', '3'])) === '3' ? 3 : 2;
}

function advertMs(body: readonly Statement[], version: 2 | 3): number {
  const ms = secondsIn(body, 'advert_int', 0.01, version === 2 ? 255 : 40.95) ?? 1000;
  if (version === 3 ? ms % 10 === 0 : ms % 1000 === 0) return ms;
  const statement = last(body, 'advert_int') as Statement;
  const word = onlyWord(statement);
  const units = version === 2 ? 'whole seconds; version 3 takes hundredths' : 'units of 10 ms';
  throw new ConfError('invalid-value', word, `advert_int "${word.text}"`, units);
}

function checkDevice(body: readonly Statement[], name: Word): void {
  const statement = last(body, 'interface');
  if (statement === undefined) {
    throw new ConfError(
      'missing-field',
      name,
      `(${name.text}) no interface`,
      `interface ${device}`,
    );
  }
  checkIsDevice(onlyWord(statement));
}

function checkIsDevice(word: Word): void {
  if (word.text === device) return;
  const message = `a host has no interface "${word.text}"`;
  throw new ConfError('invalid-value', word, message, `its one interface is ${device}`);
}

/** Adverts go out from the address that the host has. */
function checkSource(body: readonly Statement[], ip: Addr): void {
  for (const keyword of ['unicast_src_ip', 'mcast_src_ip']) {
    const statement = last(body, keyword);
    if (statement === undefined) continue;
    const word = onlyWord(statement);
    if (addressIn(word) === ip) continue;
    const message = `${keyword} ${word.text} is not the host's address`;
    throw new ConfError('invalid-value', word, message, `it is ${formatAddr(ip)}`);
  }
}

type Preemption = Pick<VrrpInstance, 'preempt' | 'preemptDelayMs'>;

function preemption(
  body: readonly Statement[],
  { text: name }: Word,
  state: VrrpInstance['state'] | undefined,
  priority: number | undefined,
): Preemption {
  const order = body.filter(({ words }) => /^(?:no)?preempt$/.test(words[0].text));
  const preempt = order.at(-1)?.words[0].text !== 'nopreempt';
  const preemptDelayMs = secondsIn(body, 'preempt_delay', 0, 1000) ?? 0;
  const word = preempt ? last(body, 'preempt_delay')?.words[0] : order.at(-1)?.words[0];
  if (word === undefined || (preempt && preemptDelayMs === 0)) return { preempt, preemptDelayMs };
  if (state === 'MASTER') {
    const message = `(${name}) ${word.text} will not work with initial state MASTER`;
    throw new ConfError('invalid-value', word, message, 'state BACKUP on every host');
  }
  if (!preempt && priority === 255) {
    const message = `(${name}) nopreempt is incompatible with priority 255`;
    throw new ConfError('invalid-value', word, message, 'a priority of 1 to 254');
  }
  if (!preempt && preemptDelayMs > 0) {
    const message = `(${name}) preempt_delay is incompatible with nopreempt`;
    throw new ConfError('invalid-value', word, message, 'one of the two');
  }
  return { preempt, preemptDelayMs };
}

/** Of a password the first eight characters count. */
function authenticationOf(body: readonly Statement[], version: 2 | 3): string {
  const statement = last(body, 'authentication');
  if (statement === undefined) return '';
  const inner = known('authentication', bodyOf(statement));
  const [word] = statement.words;
  if (version === 3) {
    const message = 'VRRP version 3 does not support authentication';
    throw new ConfError('invalid-value', word, message, 'take the block away');
  }
  const type = last(inner, 'auth_type');
  if (type !== undefined && onlyWord(type).text === 'AH') {
    const at = onlyWord(type);
    throw new ConfError('not-modelled', at, 'keepalived: auth_type AH is not modelled', 'PASS');
  }
  const pass = last(inner, 'auth_pass');
  if (wordIn(inner, 'auth_type', ['PASS']) === undefined || pass === undefined) {
    const message = 'authentication needs auth_type and auth_pass';
    throw new ConfError('missing-field', word, message, 'auth_type PASS and auth_pass SECRET');
  }
  return `PASS ${onlyWord(pass).text.slice(0, 8)}`;
}

function virtualAddresses(
  body: readonly Statement[],
  name: Word,
  ip: Addr,
): VrrpInstance['virtualAddresses'] {
  const found = all(body, 'virtual_ipaddress').flatMap((block) =>
    bodyOf(block).map((statement) => virtualAddress(statement, ip)),
  );
  if (found.length > 0) return found;
  const message = `(${name.text}) has no virtual_ipaddress`;
  throw new ConfError('missing-field', name, message, 'virtual_ipaddress { 192.168.4.100/24 }');
}

/** "192.168.4.100/24 dev eth0 label eth0:1": a device must be the host's, labels and scopes change no packet. */
function virtualAddress({ words }: Statement, ip: Addr): VrrpInstance['virtualAddresses'][number] {
  const [first, ...options] = words;
  const [text = '', prefix] = first.text.split('/');
  const addr = ofFamily({ ...first, text }, ip);
  const most = familyOf(addr) === 4 ? 32 : 128;
  const bits = prefix === undefined ? most : /^\d{1,3}$/.test(prefix) ? Number(prefix) : 999;
  if (bits > most) {
    const message = `"${first.text}" is not an address`;
    throw new ConfError('invalid-value', first, message, 'for example 192.168.4.100/24');
  }
  for (let i = 0; i < options.length; i += 2) {
    const [option, value] = options.slice(i, i + 2) as [Word, Word?];
    if (!['dev', 'label', 'scope', 'brd', 'broadcast'].includes(option.text)) {
      const message = `keepalived: ${option.text} of an address is not modelled`;
      throw new ConfError('not-modelled', option, message, 'known are dev, label, scope and brd');
    }
    if (value === undefined) {
      throw new ConfError('missing-field', option, `${option.text} needs a value`);
    }
    if (option.text === 'dev') checkIsDevice(value);
  }
  return { addr, bits };
}
