// A Client that keeps the indexes level with the store: after every write the new watch events are taken in.
// The composer passes the function that drains the server's events into its queue and the index.
import type { Client } from '../api/types.ts';

/** `taken`: called after every write; it must apply all new events to the index. */
export function indexedClient(client: Client, taken: () => void): Client {
  const after = <T>(value: T): T => {
    taken();
    return value;
  };
  return {
    get: (kind, key) => client.get(kind, key),
    list: (kind, namespace) => client.list(kind, namespace),
    create: (object) => after(client.create(object)),
    update: (object) => after(client.update(object)),
    updateStatus: (object) => after(client.updateStatus(object)),
    delete: (kind, key, options) => after(client.delete(kind, key, options)),
    event: (about, type, reason, message) => after(client.event(about, type, reason, message)),
  };
}
