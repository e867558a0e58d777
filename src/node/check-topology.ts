/**
 * Refuses a topology that cannot work, before any thread starts. All problems at once, in words.
 *
 * The rule that is not obvious: reliable `work` links must form no cycle. A congested actor stops
 * reading its `work` links; two actors that wait for each other like that would wait for ever.
 */

import { SUPERVISOR } from '#actors/runtime/control-protocol.ts';
import { isRingCapacity, payloadBytesMax } from '#ipc/ring-layout.ts';
import type { LinkRow, Topology } from './topology-types.ts';

const ACTOR_NAME = /^[a-z][a-z0-9-]*$/;

/** Empty when the topology is sound; otherwise one sentence per problem. */
export function checkTopology(topology: Topology): readonly string[] {
  const names = topology.actors.map((actor) => actor.name);
  return [
    ...names.filter((name) => !ACTOR_NAME.test(name)).map((name) => `bad actor name "${name}"`),
    ...repeated(names).map((name) => `actor "${name}" is listed twice`),
    ...names.filter((name) => name === SUPERVISOR).map(() => `"${SUPERVISOR}" is taken`),
    ...repeated(topology.links.map(linkName)).map((name) => `link ${name} is listed twice`),
    ...topology.links.flatMap((link) => checkLink(link, new Set(names))),
    ...checkWorkCycles(topology.links),
  ];
}

function checkLink(link: LinkRow, actorNames: ReadonlySet<string>): readonly string[] {
  const name = linkName(link);
  const problems: string[] = [];
  for (const end of [link.from, link.to]) {
    if (!actorNames.has(end)) problems.push(`link ${name}: there is no actor "${end}"`);
  }
  if (link.from === link.to) problems.push(`link ${name} leads to its own actor`);
  if (!isRingCapacity(link.bytes)) {
    return [...problems, `link ${name}: ${link.bytes} bytes is no power of two from 2^10 to 2^28`];
  }
  const bytesMax = payloadBytesMax(link.bytes);
  if (!(link.messageBytesMax > 0 && link.messageBytesMax <= bytesMax)) {
    problems.push(
      `link ${name}: messages of ${link.messageBytesMax} bytes do not fit, the ring takes ${bytesMax}`,
    );
  }
  if (link.overflowBytesMax !== undefined && link.overflowBytesMax < link.messageBytesMax) {
    problems.push(`link ${name}: the overflow queue is smaller than one message`);
  }
  return problems;
}

/** Removes actors nothing leads to until none is left; what stays is on a cycle or behind one. */
function checkWorkCycles(links: readonly LinkRow[]): readonly string[] {
  let remaining = links.filter((link) => link.delivery === 'reliable' && link.priority === 'work');
  for (;;) {
    const sources = new Set(remaining.map((link) => link.from));
    const targets = new Set(remaining.map((link) => link.to));
    const kept = remaining.filter((link) => targets.has(link.from) && sources.has(link.to));
    if (kept.length === 0) return [];
    if (kept.length === remaining.length) {
      return [`reliable work links form a cycle: ${kept.map(linkName).join(', ')}`];
    }
    remaining = kept;
  }
}

export function linkName(link: LinkRow): string {
  const lane = link.lane === undefined || link.lane === '' ? '' : `#${link.lane}`;
  return `${link.from}->${link.to}${lane}`;
}

function repeated(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
