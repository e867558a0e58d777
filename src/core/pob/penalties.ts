/** Who loses candidacy at the end of a period (protocol.md §3.2, step 1; §13, E11). */

import type { Candidate, Turns } from './candidate.ts';
import type { MissRule, PobPolicy } from './policy.ts';

export type Removal = { readonly account: string; readonly reason: 'missedBlocks' | 'silent' };

/** `turns` by account, of the committee that served `period`. */
export function removals(
  candidates: readonly Candidate[],
  turns: ReadonlyMap<string, Turns>,
  period: number,
  policy: Pick<PobPolicy, 'missRule' | 'heartbeatPeriods'>,
): readonly Removal[] {
  const removed: Removal[] = [];
  for (const { account, heardIn } of candidates) {
    const own = turns.get(account);
    if (own !== undefined && hasMissed(own, policy.missRule)) {
      removed.push({ account, reason: 'missedBlocks' });
    } else if (period - heardIn >= policy.heartbeatPeriods) {
      removed.push({ account, reason: 'silent' });
    }
  }
  return removed;
}

function hasMissed({ turns, blocks }: Turns, rule: MissRule): boolean {
  if (turns === 0) return false;
  return rule === 'zeroInPeriod' ? blocks === 0 : blocks < turns;
}
