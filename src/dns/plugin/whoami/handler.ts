// Tells the client its own address and port in the additional section (CoreDNS plugin/whoami/whoami.go).
import { TCP } from '../../../net/packet.ts';
import { type ResourceRecord, replyTo } from '../../message/message.ts';
import { type DnsRequest, type Handler, type Served, wrote } from '../../plugin.ts';

export class WhoamiHandler implements Handler {
  readonly name = 'whoami';

  fork(): this {
    return this;
  }

  serve({ message, question, turn }: DnsRequest): Served {
    const { addr, port, proto } = turn.client;
    const { name, class: klass } = question;
    const own = { name, class: klass, ttl: 0 };
    const address: ResourceRecord =
      typeof addr === 'number' ? { ...own, kind: 'A', addr } : { ...own, kind: 'AAAA', addr };
    const label = proto === TCP ? '_tcp' : '_udp';
    const owner = name === '.' ? `${label}.` : `${label}.${name}`;
    const service: ResourceRecord = {
      ...own,
      name: owner,
      kind: 'SRV',
      priority: 0,
      weight: 0,
      port,
      target: '.',
    };
    return wrote({ ...replyTo(message), aa: true, additional: [address, service] });
  }
}
