// How the data of types beyond those of message.ts is laid out, on the wire and in text: fields in order, each with the
// word that a zone reader's complaint has for it ("bad DS KeyTag", miekg/dns scan_rr.go). Data only. SVCB and HTTPS,
// whose parameters have forms of their own, are svc-params.ts's.

export type FieldKind =
  | 'u8'
  | 'u16'
  | 'u32'
  | 'name'
  /** A type by its mnemonic. */
  | 'type'
  /** Seconds since 1970, as YYYYMMDDHHMMSS. */
  | 'time'
  /** A number or a DNSSEC algorithm's name. */
  | 'algorithm'
  /** One length byte and at most 255 more; in text always quoted. */
  | 'quoted'
  /** The same, without quotes. */
  | 'word'
  /** Two of them, from however many words there are (HINFO). */
  | 'pair'
  /** One or more of them, as in TXT. */
  | 'strings'
  /** The rest of the data, quoted. */
  | 'rest'
  /** The rest of the data. */
  | 'hex'
  | 'base64'
  /** A bitmap of types (RFC 4034 section 4.1.2). */
  | 'types';

export interface Field {
  readonly kind: FieldKind;
  readonly label: string;
}

const field = (kind: FieldKind, label: string): Field => ({ kind, label });

const ds: readonly Field[] = [
  field('u16', 'KeyTag'),
  field('algorithm', 'Algorithm'),
  field('u8', 'DigestType'),
  field('hex', 'Digest'),
];
const dnskey: readonly Field[] = [
  field('u16', 'Flags'),
  field('u8', 'Protocol'),
  field('u8', 'Algorithm'),
  field('base64', 'PublicKey'),
];
const tlsa: readonly Field[] = [
  field('u8', 'Usage'),
  field('u8', 'Selector'),
  field('u8', 'MatchingType'),
  field('hex', 'Certificate'),
];

export const LAYOUTS: Readonly<Record<string, readonly Field[]>> = {
  HINFO: [field('pair', 'Fields')],
  RP: [field('name', 'Mbox'), field('name', 'Txt')],
  AFSDB: [field('u16', 'Subtype'), field('name', 'Hostname')],
  KX: [field('u16', 'Pref'), field('name', 'Exchanger')],
  NAPTR: [
    field('u16', 'Order'),
    field('u16', 'Preference'),
    field('quoted', 'Flags'),
    field('quoted', 'Service'),
    field('quoted', 'Regexp'),
    field('name', 'Replacement'),
  ],
  DS: ds,
  CDS: ds,
  DLV: ds,
  SSHFP: [field('u8', 'Algorithm'), field('u8', 'Type'), field('hex', 'Fingerprint')],
  RRSIG: [
    field('type', 'Typecovered'),
    field('algorithm', 'Algorithm'),
    field('u8', 'Labels'),
    field('u32', 'OrigTtl'),
    field('time', 'Expiration'),
    field('time', 'Inception'),
    field('u16', 'KeyTag'),
    field('name', 'SignerName'),
    field('base64', 'Signature'),
  ],
  NSEC: [field('name', 'NextDomain'), field('types', 'TypeBitMap')],
  DNSKEY: dnskey,
  KEY: dnskey,
  CDNSKEY: dnskey,
  TLSA: tlsa,
  SMIMEA: tlsa,
  OPENPGPKEY: [field('base64', 'PublicKey')],
  SPF: [field('strings', 'Txt')],
  URI: [field('u16', 'Priority'), field('u16', 'Weight'), field('rest', 'Target')],
  CAA: [field('u8', 'Flag'), field('word', 'Tag'), field('rest', 'Value')],
};
