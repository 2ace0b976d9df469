// Words that a zone file's reader knows besides message/types.table.ts (miekg/dns StringToType, StringToClass).
import { moreTypes } from '../go/names.ts';

/** Types whose text form nothing here reads: known, so that a line that has one is not taken for something else. */
export const TYPE_WORDS: Readonly<Record<string, number>> = {
  NONE: 0,
  ...moreTypes,
  RESERVED: 65535,
};

/** DNSSEC algorithms by name (miekg/dns StringToAlgorithm). */
export const ALGORITHMS: Readonly<Record<string, number>> = {
  RSAMD5: 1,
  DH: 2,
  DSA: 3,
  RSASHA1: 5,
  'DSA-NSEC3-SHA1': 6,
  'RSASHA1-NSEC3-SHA1': 7,
  RSASHA256: 8,
  RSASHA512: 10,
  'ECC-GOST': 12,
  ECDSAP256SHA256: 13,
  ECDSAP384SHA384: 14,
  ED25519: 15,
  ED448: 16,
  INDIRECT: 252,
  PRIVATEDNS: 253,
  PRIVATEOID: 254,
};
