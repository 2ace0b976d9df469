// Words of nft and the numbers behind them: they say in which order elements and flags are printed.

/** Named values -> numbers of the kernel: flow states and flags as bits, kinds of address as rtm types. */
export const valueNumbers: Readonly<Record<string, number>> = {
  invalid: 1,
  established: 2,
  related: 4,
  new: 8,
  untracked: 64,
  snat: 16,
  dnat: 32,
  unicast: 1,
  local: 2,
  broadcast: 3,
  anycast: 4,
  multicast: 5,
};

/** In this order several flags of a comparison are printed. */
export const flagOrder: readonly string[] = [
  'invalid',
  'established',
  'related',
  'new',
  'untracked',
  'snat',
  'dnat',
];

/** Priorities with a name; those with hooks are known by it there alone. */
export const priorities: readonly {
  readonly name: string;
  readonly value: number;
  readonly hook: string | null;
}[] = [
  { name: 'raw', value: -300, hook: null },
  { name: 'mangle', value: -150, hook: null },
  { name: 'dstnat', value: -100, hook: 'PREROUTING' },
  { name: 'filter', value: 0, hook: null },
  { name: 'security', value: 50, hook: null },
  { name: 'srcnat', value: 100, hook: 'POSTROUTING' },
];

/** How many elements of a named set stand on one line, by the type of its only field; else one (calculate_delim). */
export const elementsPerLine: Readonly<Record<string, number>> = {
  ipv4_addr: 2,
  ct_state: 2,
  ct_status: 2,
  inet_service: 5,
  inet_proto: 5,
  mark: 5,
};
