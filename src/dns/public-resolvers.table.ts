// The public DNS resolvers that Corefiles and resolv.conf files name most: Google, Cloudflare, Quad9 and OpenDNS, two
// addresses of each family. Sources: their own pages ("Get started" of developers.google.com/speed/public-dns,
// one.one.one.one, quad9.net, opendns.com). In the world outside the cluster they answer the Cluster document's zone text.
import { type Addr, addr } from '../net/addr.ts';

export const publicResolvers: readonly Addr[] = [
  '8.8.8.8',
  '8.8.4.4',
  '2001:4860:4860::8888',
  '2001:4860:4860::8844',
  '1.1.1.1',
  '1.0.0.1',
  '2606:4700:4700::1111',
  '2606:4700:4700::1001',
  '9.9.9.9',
  '149.112.112.112',
  '2620:fe::fe',
  '2620:fe::9',
  '208.67.222.222',
  '208.67.220.220',
  '2620:119:35::35',
  '2620:119:53::53',
].map(addr);
