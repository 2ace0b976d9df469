// The endpoints behind a Service.
import { type DataTable, Then } from '@cucumber/cucumber';
import * as endpoints from '../src/harness/endpoints.ts';
import type { Bound, ObjectRef } from '../src/harness/refs.ts';
import { tableOf } from '../src/harness/tables.ts';
import type { SvcWorld } from '../src/harness/world.ts';

Then<SvcWorld>('{object} has {bound} endpoint(s)', function (object: ObjectRef, count: Bound) {
  endpoints.hasEndpoints(this, object, count);
});

Then<SvcWorld>('the endpoints of {object} are:', function (object: ObjectRef, table: DataTable) {
  endpoints.endpointsAre(this, object, tableOf(table));
});

Then<SvcWorld>(
  '{bound} endpoint(s) of {object} is/are on {object}',
  function (count: Bound, object: ObjectRef, node: ObjectRef) {
    endpoints.endpointsOnNode(this, count, object, node);
  },
);
