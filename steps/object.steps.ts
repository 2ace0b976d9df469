// Stored objects: their state, their values, their environment, and what happens to them.
import { type DataTable, Then, When } from '@cucumber/cucumber';
import * as environment from '../src/harness/environment.ts';
import * as objects from '../src/harness/objects.ts';
import type { ObjectRef } from '../src/harness/refs.ts';
import { tableOf } from '../src/harness/tables.ts';
import type { SvcWorld } from '../src/harness/world.ts';

Then<SvcWorld>('{object} {state}', function (object: ObjectRef, state: string) {
  objects.hasState(this, object, state);
});

Then<SvcWorld>('{object} has:', function (object: ObjectRef, table: DataTable) {
  objects.hasValues(this, object, tableOf(table));
});

When<SvcWorld>('{object} {event}', function (object: ObjectRef, event: string) {
  objects.happens(this, object, event);
});

Then<SvcWorld>('the environment of {object} contains:', function (object: ObjectRef, text: string) {
  environment.environmentContains(this, object, text);
});

Then<SvcWorld>(
  'the environment of {object} has no variable starting with {string}',
  function (object: ObjectRef, prefix: string) {
    environment.environmentLacks(this, object, prefix);
  },
);
