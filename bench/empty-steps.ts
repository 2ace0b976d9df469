// The floor of the feature suite: every step and hook keeps its words and its arguments and does nothing. Loaded beside
// the real steps with `svcspec run --import`, so that both sides load the same modules.
import { setDefinitionFunctionWrapper } from '@cucumber/cucumber';

setDefinitionFunctionWrapper(() => () => undefined);
