// The way of a connection through rules, and what is written on the nodes.
import { type DataTable, Then } from '@cucumber/cucumber';
import type { Bound, ObjectRef } from '../src/harness/refs.ts';
import * as rules from '../src/harness/rules.ts';
import { tableOf } from '../src/harness/tables.ts';
import * as traces from '../src/harness/traces.ts';
import type { SvcWorld } from '../src/harness/world.ts';

Then<SvcWorld>('the trace passes:', function (table: DataTable) {
  traces.tracePasses(this, tableOf(table));
});

Then<SvcWorld>('the trace blames {string}', function (id: string) {
  traces.traceBlames(this, id);
});

Then<SvcWorld>('the connection walks {bound} rule(s)', function (count: Bound) {
  traces.walksRules(this, count);
});

Then<SvcWorld>(
  '{tool} on {object} prints:',
  function (tool: string, node: ObjectRef, text: string) {
    rules.toolPrints(this, tool, node, text);
  },
);

Then<SvcWorld>(
  'the rules on {object} lead to exactly the endpoints of {object}',
  function (node: ObjectRef, object: ObjectRef) {
    rules.rulesLeadTo(this, node, object);
  },
);

Then<SvcWorld>(
  'the rules on {object} do not mention {object}',
  function (node: ObjectRef, object: ObjectRef) {
    rules.rulesLack(this, node, object);
  },
);
