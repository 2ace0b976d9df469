// Connections: who connects where, how it ends, how it is shared out, and what either side sees.
import { type DataTable, Then, When } from '@cucumber/cucumber';
import * as connections from '../src/harness/connections.ts';
import * as lasting from '../src/harness/lasting.ts';
import type { AddressRef, Bound, ClientRef, OutcomeRef, TargetRef } from '../src/harness/refs.ts';
import * as spread from '../src/harness/spread.ts';
import { tableOf } from '../src/harness/tables.ts';
import type { SvcWorld } from '../src/harness/world.ts';

When<SvcWorld>('{client} connects to {target}', function (client: ClientRef, target: TargetRef) {
  connections.connects(this, client, target, 1);
});

When<SvcWorld>(
  '{client} connects to {target} {int} times',
  function (client: ClientRef, target: TargetRef, times: number) {
    connections.connects(this, client, target, times);
  },
);

When<SvcWorld>(
  '{client} keeps connecting to {target} every {duration}',
  function (client: ClientRef, target: TargetRef, everyMs: number) {
    lasting.keepsConnecting(this, client, target, everyMs);
  },
);

Then<SvcWorld>('{bound} request(s) {outcome}', function (count: Bound, outcome: OutcomeRef) {
  lasting.requestsEnded(this, count, outcome);
});

When<SvcWorld>(
  '{client} opens a connection to {target}',
  function (client: ClientRef, target: TargetRef) {
    lasting.opens(this, client, target);
  },
);

When<SvcWorld>(
  '{client} {usage} the open connection(s)',
  function (client: ClientRef, usage: 'uses' | 'closes' | 'resets') {
    lasting.uses(this, client, usage);
  },
);

Then<SvcWorld>('the open connection(s) {outcome}', function (outcome: OutcomeRef) {
  lasting.openConnectionsEnd(this, outcome);
});

Then<SvcWorld>('the connection(s) {outcome}', function (outcome: OutcomeRef) {
  connections.connectionsEnded(this, outcome);
});

Then<SvcWorld>(
  '{every} connection from {client} to {target} {outcome}',
  function (every: boolean, client: ClientRef, target: TargetRef, outcome: OutcomeRef) {
    connections.everyConnection(this, every, client, target, outcome);
  },
);

Then<SvcWorld>(
  'connections from {client} to {target} spread evenly over {int} Pod(s)',
  function (client: ClientRef, target: TargetRef, pods: number) {
    spread.spreadEvenly(this, client, target, pods);
  },
);

Then<SvcWorld>(
  'connections from {client} to {target} spread:',
  function (client: ClientRef, target: TargetRef, table: DataTable) {
    spread.spreadIs(this, client, target, tableOf(table));
  },
);

Then<SvcWorld>(
  'connections from {client} to {target} stay on one Pod',
  function (client: ClientRef, target: TargetRef) {
    spread.staysOnOnePod(this, client, target);
  },
);

Then<SvcWorld>('the {party} sees {address}', function (party: string, address: AddressRef) {
  connections.partySees(this, party, address);
});

Then<SvcWorld>('the reachability is:', function (table: DataTable) {
  connections.reachabilityIs(this, tableOf(table));
});
