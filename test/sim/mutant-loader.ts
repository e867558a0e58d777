/**
 * Loads a copy of `src/core`, and of the contract engine that builds on it, with seeded bugs: the
 * sources themselves are edited on their way in, so production code carries no hooks for it. The copy
 * lives beside the sound original; whatever the original imports from there, the copy imports from
 * the copy.
 */

import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

export type Edit = {
  /** As seen from `src/core`. */
  readonly file: string;
  /** Occurs exactly once. */
  readonly find: string;
  readonly replace: string;
};

const CORE = new URL('../../src/core/', import.meta.url).href;
const ENGINE = new URL('../../src/io/iosvm/', import.meta.url).href;
const MARK = 'mutant';
const editsByMutant = new Map<string, readonly Edit[]>();
let isHooked = false;

/** The module `file`, as seen from `src/core`, of the mutant called `name`. */
export async function importMutant(
  name: string,
  edits: readonly Edit[],
  file: string,
): Promise<unknown> {
  if (!/^[\w-]+$/.test(name)) throw new Error(`${name} cannot be part of an address`);
  hookOnce();
  editsByMutant.set(name, edits);
  return await import(`${new URL(file, CORE).href}?${MARK}=${name}`);
}

function hookOnce(): void {
  if (isHooked) return;
  isHooked = true;
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context);
      const mutant = mutantOf(context.parentURL ?? '');
      if (mutant === undefined || !isCopied(resolved.url)) return resolved;
      return { ...resolved, url: `${resolved.url.split('?')[0]}?${MARK}=${mutant}` };
    },
    load(url, context, nextLoad) {
      const mutant = mutantOf(url);
      if (mutant === undefined) return nextLoad(url, context);
      const path = url.split('?')[0] as string;
      const source = readFileSync(new URL(path), 'utf8');
      const edits = editsByMutant.get(mutant) ?? [];
      const mine = edits.filter(({ file }) => new URL(file, CORE).href === path);
      return {
        format: 'module-typescript',
        shortCircuit: true,
        source: mine.reduce(applyEdit, source),
      };
    },
  });
}

function mutantOf(url: string): string | undefined {
  return isCopied(url) ? url.split(`?${MARK}=`)[1] : undefined;
}

function isCopied(url: string): boolean {
  return url.startsWith(CORE) || url.startsWith(ENGINE);
}

function applyEdit(source: string, edit: Edit): string {
  const parts = source.split(edit.find);
  if (parts.length !== 2) throw new Error(`${edit.file} has not one "${edit.find}"`);
  return parts.join(edit.replace);
}
