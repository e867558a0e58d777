/** Which release this is, as `getNodeInfo` tells it. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What clients of the reference node look at: the version whose behaviour this node follows. */
const FOLLOWED_VERSION = '3.11.5';

export type Release = {
  readonly codeVersion: string;
  readonly gitHash: string;
  readonly buildTime: string;
};

export function release(): Release {
  const root = new URL('../../', import.meta.url);
  const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
    readonly version: string;
  };
  return {
    codeVersion: `${FOLLOWED_VERSION}+iost-node.${version}`,
    gitHash: git(root, ['rev-parse', 'HEAD']),
    buildTime: git(root, ['show', '-s', '--format=%cI', 'HEAD']),
  };
}

/** Empty where the sources are not a git checkout. */
function git(cwd: URL, args: readonly string[]): string {
  try {
    return execFileSync('git', args, {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return '';
  }
}
