// Addresses as kube-proxy reads them from stored objects: leading zeros in IPv4 parts are read as
// decimal and never written again (k8s.io/utils/net ParseIPSloppy, ParseCIDRSloppy). The API server
// is stricter for new objects.
import { type Addr, parseAddr } from '../net/addr.ts';
import { type Cidr, parseCidr } from '../net/cidr.ts';

export function parseAddrSloppy(text: string): Addr | undefined {
  return parseAddr(withoutLeadingZeros(text));
}

export function parseCidrSloppy(text: string): Cidr | undefined {
  return parseCidr(withoutLeadingZeros(text.trim()));
}

function withoutLeadingZeros(text: string): string {
  return text.includes(':') ? text : text.replace(/(^|\.)0+(?=\d)/g, '$1');
}
