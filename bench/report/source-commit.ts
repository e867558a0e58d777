/** The commit that ran, as git tells it. */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** `unknown` outside of a repository. */
export function sourceCommit(): { readonly commit: string; readonly dirty: boolean } {
  const commit = git('rev-parse', 'HEAD');
  const changes = git('status', '--porcelain', '--untracked-files=no');
  return { commit: commit === '' ? 'unknown' : commit, dirty: changes !== '' };
}

function git(...args: readonly string[]): string {
  const run = spawnSync('git', ['-C', ROOT, ...args], { encoding: 'utf8' });
  return run.status === 0 ? run.stdout.trim() : '';
}
