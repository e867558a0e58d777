/** A whole state by key, as genesis builds it. */

import type { StateValue } from '../state-value.ts';

export type StateMap = ReadonlyMap<string, StateValue>;
