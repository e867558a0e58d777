/**
 * What a member says again while it is stuck in a view (protocol.md §2.3 rule 3): whatever of its own
 * somebody may have missed, how it came into the view, and the newest final block. Only votes that
 * were counted are repeated, for only those are durable.
 */

import { leaderOf, type ValidatorGroup } from '#core/chain/validator-group.ts';
import type { Block } from './block.ts';
import type { BftMessage } from './messages.ts';
import type { ViewTable } from './view-table.ts';

/** Finalize votes of at most this many views are repeated. */
const REPEATED_VIEWS_MAX = 16;

export function messagesToRepeat<B extends Block>(
  group: ValidatorGroup,
  member: number,
  table: ViewTable<B>,
  view: number,
): BftMessage[] {
  const messages: BftMessage[] = [];
  const lowest = Math.max(table.final.view + 1, view - REPEATED_VIEWS_MAX);
  for (let past = lowest; past <= view; past++) {
    const vote = table.find(past)?.tallies.finalize.voteOf(member);
    if (vote !== undefined) messages.push(vote);
  }
  const current = table.find(view);
  const notarize = current?.tallies.notarize.voteOf(member);
  const nullify = current?.tallies.nullify.voteOf(member);
  const [candidate] = current?.candidates ?? [];
  const isOurs = leaderOf(group, view) === member;
  if (isOurs && notarize !== undefined && candidate !== undefined)
    messages.push(candidate.proposal);
  if (notarize !== undefined) messages.push(notarize);
  if (nullify !== undefined) messages.push(nullify);
  for (const certificate of Object.values(table.find(view - 1)?.certificates ?? {})) {
    messages.push({ kind: 'certificate', certificate });
  }
  const newest = table.find(table.final.view)?.certificates.finalization;
  if (newest !== undefined && newest.view !== view - 1) {
    messages.push({ kind: 'certificate', certificate: newest });
  }
  return messages;
}
