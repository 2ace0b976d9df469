// Names: who looks up what, and what DNS answers.
import { type DataTable, Then, When } from '@cucumber/cucumber';
import * as lookups from '../src/harness/lookups.ts';
import type { ClientRef, QuestionRef } from '../src/harness/refs.ts';
import { tableOf } from '../src/harness/tables.ts';
import type { SvcWorld } from '../src/harness/world.ts';

When<SvcWorld>('{client} looks up {question}', function (client: ClientRef, asked: QuestionRef) {
  lookups.looksUp(this, client, asked.name, asked.type);
});

Then<SvcWorld>('the answer is {rcode}', function (rcode: string) {
  lookups.answerIsCode(this, rcode);
});

Then<SvcWorld>('the answer is:', function (text: string) {
  lookups.answerIs(this, text);
});

Then<SvcWorld>('the queries are:', function (table: DataTable) {
  lookups.queriesAre(this, tableOf(table));
});
