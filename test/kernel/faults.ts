// What may be wrong with the rules that the kernel is given, so that the comparison is seen to notice it. A fault alters
// the text just before it is loaded; the simulated cluster knows nothing of it.

export type Fault = (text: string) => string;

const rule = (
  pattern: RegExp,
  by: string | ((whole: string, ...groups: readonly string[]) => string),
): Fault => {
  return (text) => text.replace(pattern, by as string);
};

/** Of policies, which are written in nf_tables whatever kube-proxy's mode. */
const policyFaults: Readonly<Record<string, Fault>> = {
  'lost-policy-drop': rule(/^\t\tdrop comment "no (?:in|e)gress rule .*\n/gm, ''),
  'lost-policy-rule': rule(/^\t\tip6? [sd]addr @pods-.* accept comment .*\n/gm, ''),
};

/** In the words of nft. */
export const nftFaults: Readonly<Record<string, Fault>> = {
  ...policyFaults,
  'wrong-probability': rule(/numgen random mod (\d+) vmap \{ 0 : (goto \S+),/g, (_, n, first) => {
    return `numgen random mod ${Number(n) + 1} vmap { ${n} : ${first}, 0 : ${first},`;
  }),
  'lost-masquerade': rule(/^\t\tmasquerade.*\n/gm, ''),
  'lost-mark': rule(/^.* jump mark-for-masquerade.*\n/gm, ''),
  'drop-for-reject': rule(/^\t\treject$/gm, '\t\tdrop'),
  'reject-for-drop': rule(/ : drop(?=[ ,\n])/g, ' : goto reject-chain'),
  'no-affinity': rule(/^\t\tip6? saddr @affinity-.*\n/gm, ''),
  'wrong-port': rule(/(dnat to 10\.244\.\S+:)\d+/, '$17777'),
  'wrong-address': rule(/(dnat to )10\.244\.\d+\.\d+/, '$110.244.1.99'),
  'lost-endpoint': rule(
    /numgen random mod (\d+) vmap \{ 0 : goto \S+, 1 : (goto \S+)/,
    (_, n, second) => {
      return `numgen random mod ${n} vmap { 0 : ${second}, 1 : ${second}`;
    },
  ),
  'lost-hairpin': rule(/^\t\tip6? saddr \S+ jump mark-for-masquerade.*\n/gm, ''),
  'open-firewall': rule(/^\t\tip6? saddr != \{?[^\n]* drop\n/gm, ''),
};

/** In the words of iptables-save. */
export const iptablesFaults: Readonly<Record<string, Fault>> = {
  ...policyFaults,
  'wrong-probability': (text) =>
    text.replace(/--probability 0\.(\d+)/g, (_, digits: string) => {
      const share = Number(`0.${digits}`);
      return `--probability ${(share * 0.7).toFixed(11)}`;
    }),
  'lost-masquerade': rule(/^-A KUBE-POSTROUTING .*-j MASQUERADE.*\n/gm, ''),
  'lost-mark': rule(/^-A KUBE-(?:SVC|EXT|SVL)-.* -j KUBE-MARK-MASQ\n/gm, ''),
  'drop-for-reject': rule(/-j REJECT --reject-with \S+/g, '-j DROP'),
  'reject-for-drop': rule(/(-A KUBE-(?:SERVICES|EXTERNAL-SERVICES) .*)-j DROP/g, '$1-j REJECT'),
  'no-affinity': rule(/^-A \S+ .*-m recent --rcheck .*\n/gm, ''),
  'wrong-port': rule(/(--to-destination 10\.244\.\S+:)\d+/, '$17777'),
  'wrong-address': rule(/(--to-destination )10\.244\.\d+\.\d+/, '$110.244.1.99'),
  'lost-endpoint': rule(/^-A KUBE-SVC-\S+ .*-m statistic .*\n/m, ''),
  'lost-hairpin': rule(/^-A KUBE-SEP-\S+ -s .* -j KUBE-MARK-MASQ\n/gm, ''),
  'open-firewall': rule(
    /^-A KUBE-FW-.* -j KUBE-MARK-DROP\n|^-A KUBE-PROXY-FIREWALL .* -j DROP\n/gm,
    '',
  ),
};
