/**
 * What an instance lacks to go on: certificates between its final block and its view, and bodies of
 * blocks it knows to be certified (protocol.md §2.3, Fetch).
 */

import type { Block } from './block.ts';
import { FETCH_WANTS_MAX, type Want, type WantedThing } from './messages.ts';
import type { ViewTable } from './view-table.ts';

/** At most `FETCH_WANTS_MAX`, each once, those nearest to the current view first. */
export function collectWants<B extends Block>(
  table: ViewTable<B>,
  currentView: number,
  pendingFinalView: number,
): Want[] {
  const wants: Want[] = [];
  wantTip(table, currentView, wants);
  wantParentOfProposal(table, currentView, wants);
  for (const state of table.states()) {
    const isOpen = state.view > table.final.view && state.certifiedHash !== undefined;
    if (isOpen) wantBodies(table, state.view, wants);
  }
  if (pendingFinalView > table.final.view) wantBodies(table, pendingFinalView, wants);
  return wants;
}

/** Whatever tells how the views below the current one ended, down to the block to build upon. */
function wantTip<B extends Block>(table: ViewTable<B>, currentView: number, wants: Want[]): void {
  for (let view = currentView - 1; view > table.final.view; view--) {
    if (table.certifiedHash(view) !== undefined || wants.length >= FETCH_WANTS_MAX) return;
    if (table.isNullified(view)) continue;
    want(wants, view, 'notarization');
    want(wants, view, 'nullification');
  }
}

/** What the leader of the current view must have known when it chose its parent. */
function wantParentOfProposal<B extends Block>(
  table: ViewTable<B>,
  currentView: number,
  wants: Want[],
): void {
  const proposal = table.find(currentView)?.candidates[0]?.proposal;
  if (proposal === undefined || proposal.parentView < table.final.view) return;
  const { parentView } = proposal;
  if (table.certifiedHash(parentView) === undefined) want(wants, parentView, 'notarization');
  for (let view = parentView + 1; view < currentView; view++) {
    if (wants.length >= FETCH_WANTS_MAX) return;
    if (!table.isNullified(view)) want(wants, view, 'nullification');
  }
}

/** The certified body of the view, or the first of its ancestors that is missing. */
function wantBodies<B extends Block>(table: ViewTable<B>, view: number, wants: Want[]): void {
  const candidate = table.find(view)?.certifiedCandidate;
  if (candidate === undefined) {
    want(wants, view, 'body');
    return;
  }
  const { missing } = table.chainTo(candidate);
  if (missing !== undefined && missing > table.final.view) want(wants, missing, 'body');
}

function want(wants: Want[], view: number, what: WantedThing): void {
  if (wants.length >= FETCH_WANTS_MAX) return;
  if (wants.some((other) => other.view === view && other.what === what)) return;
  wants.push({ view, what });
}
