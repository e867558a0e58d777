/** Words of a process as they may stand in a result file: short, and without the machine's paths. */

import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const LINES_MAX = 4;
const CHARACTERS_MAX = 400;

export function plainMessage(text: string): string {
  const lines = text.split('\n').filter((line) => /\w/.test(line));
  return lines
    .slice(0, LINES_MAX)
    .map((line) => line.trim())
    .join(' | ')
    .replaceAll(ROOT, '')
    .replaceAll(tmpdir(), '')
    .slice(0, CHARACTERS_MAX);
}
