// What the data of each record type is made of, as far as a decoder refuses it: miekg/dns zmsg.go (generated from the
// tags of types.go), the same from 1.1.64 (CoreDNS 1.12.1) to 1.1.72 (1.14.2). A type without a row is any bytes.
// 1, 2, 4, 6, 8: as many bytes. n: a name, N: names to the end. s: a character string, S: strings to the end.
// *: the rest. h: bytes, as many as the number before says. m: a bitmap of types (RFC 4034 section 4.1.2).
// g: a gateway, of the kind that the second byte says (RFC 4025). H: HIP's tag and key. a: APL prefixes. v: SVCB pairs. Data may
// end after any part but an h. OPT is not here: its options are edns-option.ts's.

export const RDATA: Readonly<Record<number, string>> = {
  1: '4', // A
  2: 'n', // NS
  3: 'n', // MD
  4: 'n', // MF
  5: 'n', // CNAME
  6: 'nn44444', // SOA
  7: 'n', // MB
  8: 'n', // MG
  9: 'n', // MR
  12: 'n', // PTR
  13: 'ss', // HINFO
  14: 'nn', // MINFO
  15: '2n', // MX
  16: 'S', // TXT
  17: 'nn', // RP
  18: '2n', // AFSDB
  19: 's', // X25
  20: 'ss', // ISDN
  21: '2n', // RT
  23: 'n', // NSAP-PTR
  24: '2114442n*', // SIG
  25: '211*', // KEY
  26: '2nn', // PX
  27: 'sss', // GPOS
  28: '88', // AAAA
  29: '1111444', // LOC
  30: 'nm', // NXT
  33: '222n', // SRV
  35: '22sssn', // NAPTR
  36: '2n', // KX
  37: '221*', // CERT
  39: 'n', // DNAME
  42: 'a', // APL
  43: '211*', // DS
  44: '11*', // SSHFP
  45: '111g*', // IPSECKEY
  46: '2114442n*', // RRSIG
  47: 'nm', // NSEC
  48: '211*', // DNSKEY
  50: '1121h1hm', // NSEC3
  51: '1121h', // NSEC3PARAM
  52: '111*', // TLSA
  53: '111*', // SMIMEA
  55: '112HN', // HIP
  56: 'S', // NINFO
  57: '211*', // RKEY
  58: 'nn', // TALINK
  59: '211*', // CDS
  60: '211*', // CDNSKEY
  62: '42m', // CSYNC
  63: '411*', // ZONEMD
  64: '2nv', // SVCB
  65: '2nv', // HTTPS
  99: 'S', // SPF
  100: 's', // UINFO
  101: '4', // UID
  102: '4', // GID
  104: '28', // NID
  105: '24', // L32
  106: '28', // L64
  107: '2n', // LP
  108: '6', // EUI48
  109: '8', // EUI64
  128: '', // NXNAME
  249: 'n44222h2h', // TKEY
  250: 'n622h222h', // TSIG
  255: '', // ANY
  256: '22*', // URI
  257: '1s*', // CAA
  258: 'S', // AVC
  260: '11g', // AMTRELAY
  261: 'S', // RESINFO
  32768: '211*', // TA
  32769: '211*', // DLV
};

/** Octets that the value of an SVCB key may have: a multiple of `of`, or none. RFC 9460; keys without a row: any. */
export const SVCB_KEYS: Readonly<Record<number, { readonly of: number; readonly empty: boolean }>> =
  {
    0: { of: 2, empty: true }, // mandatory
    2: { of: 0, empty: true }, // no-default-alpn
    4: { of: 4, empty: false }, // ipv4hint
    6: { of: 16, empty: false }, // ipv6hint
    8: { of: 0, empty: true }, // ohttp
  };
