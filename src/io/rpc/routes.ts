/**
 * Every endpoint of the API except `/subscribe`, which streams. A path that is not here is answered
 * with code 12, as is a known path with too few or too many values.
 */

import { BLOCK_ROUTES } from './block-routes.ts';
import { NODE_ROUTES } from './node-routes.ts';
import type { Route } from './route.ts';
import { STATE_ROUTES } from './state-routes.ts';
import { TRANSACTION_ROUTES } from './transaction-routes.ts';

export const ROUTES: readonly Route[] = [
  ...NODE_ROUTES,
  ...BLOCK_ROUTES,
  ...TRANSACTION_ROUTES,
  ...STATE_ROUTES,
];
