// Words for types, classes and rcodes as miekg/dns knows them (StringToType, StringToClass, StringToRcode in ztypes.go,
// msg.go, reverse.go): what Corefiles may say, and what logs and templates show. Words are upper case; "TYPE28" is not one
// of them.
import { CLASSES, RCODES, TYPES } from '../message/types.table.ts';

/** Those that IANA's table in message/types.table.ts leaves out. */
export const moreTypes: Readonly<Record<string, number>> = {
  MD: 3,
  MF: 4,
  MB: 7,
  MG: 8,
  MR: 9,
  MINFO: 14,
  X25: 19,
  ISDN: 20,
  RT: 21,
  'NSAP-PTR': 23,
  PX: 26,
  GPOS: 27,
  NXT: 30,
  EID: 31,
  NIMLOC: 32,
  ATMA: 34,
  HIP: 55,
  NINFO: 56,
  RKEY: 57,
  TALINK: 58,
  UINFO: 100,
  UID: 101,
  GID: 102,
  UNSPEC: 103,
  NID: 104,
  L32: 105,
  L64: 106,
  LP: 107,
  EUI48: 108,
  EUI64: 109,
  NXNAME: 128,
  AVC: 258,
  AMTRELAY: 260,
  RESINFO: 261,
  TA: 32768,
};

const moreRcodes: Readonly<Record<string, number>> = {
  NOTIMPL: 4,
  DSOTYPENI: 11,
  BADSIG: 16,
  BADKEY: 17,
  BADTIME: 18,
  BADMODE: 19,
  BADNAME: 20,
  BADALG: 21,
  BADTRUNC: 22,
};

export function typeOfWord(word: string): number | undefined {
  return own(TYPES, word) ?? own(moreTypes, word);
}

/** miekg/dns StringToClass. */
export const classes: Readonly<Record<string, number>> = { ...CLASSES, CS: 2 };

export function classOfWord(word: string): number | undefined {
  return own(classes, word);
}

export function rcodeOfWord(word: string): number | undefined {
  return word === 'BADVERS' ? undefined : (own(RCODES, word) ?? own(moreRcodes, word));
}

const typeWords = wordsOf({ ...TYPES, ...moreTypes, None: 0, Reserved: 65_535 });
const classWords = wordsOf(classes);
const rcodeWords = wordsOf({ ...moreRcodes, NOTIMP: 4, ...without(RCODES, 'BADVERS') });

/** dns.TypeToString: undefined where it has no word. */
export function wordOfType(type: number): string | undefined {
  return typeWords.get(type);
}

/** dns.ClassToString */
export function wordOfClass(value: number): string | undefined {
  return classWords.get(value);
}

/** dns.RcodeToString */
export function wordOfRcode(rcode: number): string | undefined {
  return rcodeWords.get(rcode);
}

/** dns.Type.String: "RKEY", or "TYPE123". */
export function typeText(type: number): string {
  return typeWords.get(type) ?? `TYPE${type}`;
}

/** dns.Class.String, which leaves out a word that is a type's too. */
export function classText(value: number): string {
  const word = classWords.get(value);
  return word === undefined || word === 'ANY' ? `CLASS${value}` : word;
}

function wordsOf(table: Readonly<Record<string, number>>): ReadonlyMap<number, string> {
  return new Map(Object.entries(table).map(([word, value]) => [value, word]));
}

function without(
  table: Readonly<Record<string, number>>,
  word: string,
): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(table).filter(([own]) => own !== word));
}

function own(table: Readonly<Record<string, number>>, word: string): number | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}
