// A host's keepalived.conf -> KeepalivedConf, every default filled in. A mistake is an InputError at its word in the document
// that holds the text.
import { InputError, type Position } from '../../api/input-error.ts';
import type { KeepalivedConf } from '../../api/keepalived.ts';
import type { Addr } from '../../net/addr.ts';
import { protoName } from '../../net/packet.ts';
import { positionInText } from '../inner-text.ts';
import type { ManifestSource } from '../positions.ts';
import { all, bodyOf, known } from './block.ts';
import { ConfError, statementsOf, type Word } from './lexer.ts';
import { readVirtualServer } from './servers.ts';
import { type Around, readInstance } from './vrrp.ts';

/** The configuration of the host with the address `ip`, written at `path` of a document. Throws InputError
 * unknown-field, invalid-value, missing-field, not-modelled. */
export function readKeepalived(
  text: string,
  ip: Addr,
  source: ManifestSource,
  path: string,
): KeepalivedConf {
  const place = ({ line, column }: Word): Position | null =>
    positionInText(source, path, text, line, column);
  try {
    return confOf(text, ip, place);
  } catch (error) {
    if (!(error instanceof ConfError)) throw error;
    const position = place(error.word);
    const sourceLine = position === null ? null : source.line(position.line);
    throw new InputError(error.code, error.message, { position, hint: error.hint, sourceLine });
  }
}

function confOf(text: string, ip: Addr, place: Around['place']): KeepalivedConf {
  const top = known('keepalived.conf', statementsOf(text));
  const globals = all(top, 'global_defs').flatMap((one) => known('global_defs', bodyOf(one)));
  const around: Around = { ip, globals, place };
  const names = new Set<string>();
  const ids = new Set<number>();
  const instances = all(top, 'vrrp_instance').map((statement) => {
    const instance = readInstance(statement, around);
    const { name, virtualRouterId } = instance;
    const [keyword, word = keyword] = statement.words;
    if (names.has(name)) {
      throw new ConfError('invalid-value', word, `vrrp instance ${name} already defined`);
    }
    if (ids.has(virtualRouterId)) {
      const message = `(${name}) duplicate VRID ${virtualRouterId} on interface eth0`;
      throw new ConfError('invalid-value', word, message, 'another virtual_router_id');
    }
    names.add(name);
    ids.add(virtualRouterId);
    return instance;
  });
  const keys = new Set<string>();
  const virtualServers = all(top, 'virtual_server').map((statement) => {
    const server = readVirtualServer(statement, around);
    const key = `${server.addr} ${server.port} ${server.proto}`;
    if (keys.has(key)) {
      const name = `${statement.words[1]?.text} ${server.port}/${protoName(server.proto)}`;
      const message = `virtual server ${name} is there twice`;
      throw new ConfError('invalid-value', statement.words[0], message, 'one block for each');
    }
    keys.add(key);
    return server;
  });
  return { instances, virtualServers };
}
