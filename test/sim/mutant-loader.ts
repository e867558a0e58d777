/**
 * Loads a copy of `src/core` with seeded bugs: the sources themselves are edited on their way into
 * the engine, so production code carries no hooks for it. The copy lives beside the sound original;
 * whatever the original imports from `src/core`, the copy imports from the copy.
 */

import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

export type Edit = {
  /** Below `src/core`. */
  readonly file: string;
  /** Occurs exactly once. */
  readonly find: string;
  readonly replace: string;
};

const CORE = new URL('../../src/core/', import.meta.url).href;
const MARK = 'mutant';
const editsByMutant = new Map<string, readonly Edit[]>();
let isHooked = false;

/** The module `file` (below `src/core`) of the mutant called `name`. */
export async function importMutant(
  name: string,
  edits: readonly Edit[],
  file: string,
): Promise<unknown> {
  hookOnce();
  editsByMutant.set(name, edits);
  return await import(`${CORE}${file}?${MARK}=${name}`);
}

function hookOnce(): void {
  if (isHooked) return;
  isHooked = true;
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context);
      const mutant = mutantOf(context.parentURL ?? '');
      if (mutant === undefined || !resolved.url.startsWith(CORE)) return resolved;
      return { ...resolved, url: `${resolved.url.split('?')[0]}?${MARK}=${mutant}` };
    },
    load(url, context, nextLoad) {
      const mutant = mutantOf(url);
      if (mutant === undefined) return nextLoad(url, context);
      const path = url.split('?')[0] as string;
      const source = readFileSync(new URL(path), 'utf8');
      const edits = editsByMutant.get(mutant) ?? [];
      const mine = edits.filter((edit) => CORE + edit.file === path);
      return {
        format: 'module-typescript',
        shortCircuit: true,
        source: mine.reduce(applyEdit, source),
      };
    },
  });
}

function mutantOf(url: string): string | undefined {
  return url.startsWith(CORE) ? url.split(`?${MARK}=`)[1] : undefined;
}

function applyEdit(source: string, edit: Edit): string {
  const parts = source.split(edit.find);
  if (parts.length !== 2) throw new Error(`${edit.file} has not one "${edit.find}"`);
  return parts.join(edit.replace);
}
