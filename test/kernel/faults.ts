// What may be wrong with the rules that the kernel is given, so that the comparison is seen to notice it. A fault alters
// the text just before it is loaded; the simulated cluster knows nothing of it.

export type Fault = (text: string) => string;

const rule = (pattern: RegExp, by: string): Fault => {
  return (text) => text.replace(pattern, by);
};

/** In the words of iptables-save. */
export const iptablesFaults: Readonly<Record<string, Fault>> = {
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
  'wrong-port': rule(/(--to-destination \S+:)\d+/, '$17777'),
  'wrong-address': rule(/(--to-destination )10\.244\.\d+\.\d+/, '$110.244.1.99'),
  'lost-endpoint': rule(/^-A KUBE-SVC-\S+ .*-m statistic .*\n/m, ''),
  'lost-hairpin': rule(/^-A KUBE-SEP-\S+ -s .* -j KUBE-MARK-MASQ\n/gm, ''),
  'open-firewall': rule(
    /^-A KUBE-FW-.* -j KUBE-MARK-DROP\n|^-A KUBE-FIREWALL .*\n|^-A KUBE-PROXY-FIREWALL .* -j DROP\n/gm,
    '',
  ),
};
