// Rules that change the query's OPT record (CoreDNS plugin/rewrite/edns0.go). Options whose code miekg/dns has a type
// for are no "local" options: such a rule never finds one, and adds its own beside it.
import { type Addr, familyOf } from '../../../net/addr.ts';
import { TCP } from '../../../net/packet.ts';
import { utf8 } from '../../go/bytes.ts';
import type { Edns, EdnsOption, Message } from '../../message/message.ts';
import type { DnsRequest } from '../../plugin.ts';
import type { ResponseRule, Rule } from './rule.ts';

export type EdnsRule = Extract<Rule, { kind: 'edns' }>;

export interface EdnsOutcome {
  readonly edns: Edns;
  /** null: the rule did not apply; the OPT record may have been made all the same. */
  readonly responses: readonly ResponseRule[] | null;
}

/** Codes with a type of their own in miekg/dns edns.go (makeDataOpt). */
const typedCodes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 18, 19];

const fresh: Edns = { udpSize: 4096, version: 0, dnssecOk: false, options: [] };

/** Applies the rule to the query's OPT record; null: nothing is touched. */
export function applyEdns(
  rule: EdnsRule,
  message: Message,
  request: DnsRequest,
  serverPort: number,
): EdnsOutcome | null {
  const bytes = optionBytes(rule, message, request, serverPort);
  if (bytes === null) return null;
  const edns = message.edns ?? fresh;
  if (rule.action === 'unset') {
    const options = edns.options.filter((option) => option.code !== rule.code);
    return { edns: { ...edns, options }, responses: [] };
  }
  const isLocal = rule.option === 'local';
  const at =
    isLocal && typedCodes.includes(rule.code)
      ? -1
      : edns.options.findIndex((option) => option.code === rule.code);
  const found = edns.options[at];
  const option: EdnsOption = { code: rule.code, bytes };
  if (found !== undefined && rule.action !== 'append') {
    const options = edns.options.map((old, i) => (i === at ? option : old));
    const back: readonly ResponseRule[] = [{ kind: 'ednsRestore', option: found }];
    return { edns: { ...edns, options }, responses: rule.revert ? back : [] };
  }
  // An option that exists keeps `append` from a second one, but not for fixed bytes and nsid.
  const blocked =
    found !== undefined && (rule.option === 'subnet' || rule.value?.from === 'variable');
  if (rule.action === 'replace' || blocked) return { edns, responses: null };
  const back: readonly ResponseRule[] = [{ kind: 'ednsRemove', code: rule.code }];
  const options = [...edns.options, option];
  return { edns: { ...edns, options }, responses: rule.revert ? back : [] };
}

/** null: the variable has no value, and the rule is as if it were not there. */
function optionBytes(
  rule: EdnsRule,
  message: Message,
  request: DnsRequest,
  serverPort: number,
): Uint8Array | null {
  if (rule.option === 'nsid' || rule.action === 'unset') return new Uint8Array();
  const { client } = request.turn;
  if (rule.option === 'subnet') return subnetBytes(rule, client.addr);
  if (rule.value === null) return new Uint8Array();
  if (rule.value.from === 'bytes') return rule.value.bytes;
  const question = message.questions[0];
  switch (rule.value.name) {
    case 'qname':
      return utf8(question?.name ?? '.');
    case 'qtype':
      return wire16(question?.type ?? 0);
    case 'client_ip':
      return addrBytes(client.addr);
    case 'client_port':
      return wire16(client.port);
    case 'protocol':
      return utf8(client.proto === TCP ? 'tcp' : 'udp');
    case 'server_port':
      return wire16(serverPort);
    default:
      return serverIp(request);
  }
}

/** A UDP socket listens on "::": that has no IPv4 form, and is sixteen zeros to a client on IPv6. */
function serverIp(request: DnsRequest): Uint8Array | null {
  const { client, environment } = request.turn;
  const family = familyOf(client.addr);
  if (client.proto !== TCP) return family === 4 ? null : new Uint8Array(16);
  const own = environment.localAddrs.find((addr) => familyOf(addr) === family);
  return own === undefined ? null : addrBytes(own);
}

function wire16(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value & 0xff);
}

function addrBytes(addr: Addr): Uint8Array {
  const width = typeof addr === 'number' ? 4 : 16;
  const whole = BigInt(addr);
  return Uint8Array.from({ length: width }, (_, i) =>
    Number((whole >> BigInt(8 * (width - 1 - i))) & 0xffn),
  );
}

/** EDNS client subnet (RFC 7871 section 6): only the bytes that the prefix needs. */
function subnetBytes(rule: EdnsRule, addr: Addr): Uint8Array {
  const v4 = typeof addr === 'number';
  const bits = v4 ? rule.bits.v4 : rule.bits.v6;
  const width = v4 ? 32 : 128;
  const masked = (BigInt(addr) >> BigInt(width - bits)) << BigInt(width - bits);
  const whole = addrBytes(v4 ? Number(masked) : masked);
  return Uint8Array.of(0, v4 ? 1 : 2, bits, 0, ...whole.slice(0, Math.ceil(bits / 8)));
}
