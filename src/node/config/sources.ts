/**
 * Where settings come from. Each source becomes a list of `key = value` with its origin; unknown
 * keys, sections that are no objects and unreadable files become problems here, where the origin is
 * still known. Values are not judged: only the merged whole is.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse as parseStrict } from 'lossless-json';
import {
  ENVIRONMENT_PREFIX,
  kindOf,
  knownPaths,
  knownVariables,
  pathOfVariable,
} from './key-tree.ts';
import { MOVED, movedVariable } from './moved-keys.ts';
import type { ConfigProblem } from './problem.ts';
import { suggestion } from './suggest.ts';

/** A configuration file beyond this is not one. */
const FILE_BYTES_MAX = 1 << 20;
const PROFILE_NAME = /^[a-z][a-z0-9-]*$/;
/** The profile that every other one only differs from. */
export const DEFAULT_PROFILE = 'default';

/** `IOSTD_…` variables that are no settings, with the part of the program that reads them. */
const OTHER_VARIABLES: ReadonlySet<string> = new Set(['IOSTD_PASSWORD']);

export type Setting = {
  readonly path: string;
  readonly value: unknown;
  readonly origin: string;
  /** Folder that a relative path in `value` starts from; `undefined` for built-in defaults. */
  readonly base: string | undefined;
  /** What was typed, if the source has only text. */
  readonly text?: string;
};

export type Source = {
  readonly settings: readonly Setting[];
  readonly problems: readonly ConfigProblem[];
};

type Place = Pick<Setting, 'origin' | 'base' | 'text'>;

/** A profile that comes with the node: `config/<name>.json` under `configDir`. */
export function readProfile(configDir: string, name: string): Source {
  const origin = name === DEFAULT_PROFILE ? 'default' : `profile ${name}`;
  const profiles = listProfiles(configDir);
  if (!PROFILE_NAME.test(name) || !profiles.includes(name)) {
    const message = `there is no profile "${name}"; there are ${profiles.join(', ')}`;
    return failed({ path: 'profile', origin: '--profile', message });
  }
  return readJsonFile(resolve(configDir, `${name}.json`), { origin, base: undefined });
}

/** The operator's own file. Relative paths inside it start from its folder. */
export function readFile(path: string): Source {
  return readJsonFile(path, { origin: `file ${path}`, base: dirname(path) });
}

/** `IOSTD_RPC_PORT=30001` and the like. */
export function readEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  cwd: string,
): Source {
  const sources = Object.entries(environment)
    .filter(([name]) => name.startsWith(ENVIRONMENT_PREFIX) && !OTHER_VARIABLES.has(name))
    .map(([name, text]): Source => {
      const place = { origin: `environment ${name}`, base: cwd, text: text ?? '' };
      const path = pathOfVariable(name) ?? movedVariable(name);
      if (path !== undefined) return collect(path, parseLoosely(place.text), place);
      const message = `unknown variable${suggestion(name, knownVariables)}`;
      return failed({ path: name, origin: 'the environment', message });
    });
  return join(sources);
}

/** `--set rpc.port=30001`; the value is JSON, or else the text itself. */
export function readAssignments(assignments: readonly string[], cwd: string): Source {
  const sources = assignments.map((assignment): Source => {
    const origin = '--set';
    const equals = assignment.indexOf('=');
    if (equals <= 0) {
      const message = 'must have the form key=value, for example --set rpc.port=30001';
      return failed({ path: assignment, origin, message });
    }
    const path = assignment.slice(0, equals).trim();
    const text = assignment.slice(equals + 1);
    return collect(path, parseLoosely(text), { origin, base: cwd, text });
  });
  return join(sources);
}

export function join(sources: readonly Source[]): Source {
  return {
    settings: sources.flatMap((source) => source.settings),
    problems: sources.flatMap((source) => source.problems),
  };
}

function listProfiles(configDir: string): readonly string[] {
  return readdirSync(configDir, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map((entry) => entry.name.slice(0, -'.json'.length))
    .sort();
}

function readJsonFile(path: string, place: Place): Source {
  const content = parseJsonFile(path);
  if ('message' in content) {
    return failed({ path, origin: place.origin, message: content.message });
  }
  return collect('', content.value, place);
}

function parseJsonFile(path: string): { readonly value: unknown } | { readonly message: string } {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return { message: `cannot be read: ${messageOf(error)}` };
  }
  if (text.length > FILE_BYTES_MAX) return { message: `is larger than ${FILE_BYTES_MAX} bytes` };
  try {
    const value: unknown = JSON.parse(text);
    // JSON.parse names line and column of an error but lets the last of two equal keys win.
    parseStrict(text, null, Number);
    return { value };
  } catch (error) {
    return { message: `is not valid JSON: ${messageOf(error)}` };
  }
}

/** Walks a value down to the known keys. */
function collect(path: string, value: unknown, place: Place): Source {
  const kind = path === '' ? 'section' : kindOf(path);
  if (kind === 'key') {
    return { settings: [{ path, value, ...place }], problems: [] };
  }
  const moved = MOVED.get(path);
  if (moved !== undefined) return failed({ path, origin: place.origin, message: moved });
  if (kind === 'unknown') {
    const message = `unknown key${suggestion(path, knownPaths)}`;
    return failed({ path, origin: place.origin, message });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const message = 'is a section: an object of keys is expected';
    return failed({ path: path === '' ? 'the whole' : path, origin: place.origin, message });
  }
  const prefix = path === '' ? '' : `${path}.`;
  return join(Object.entries(value).map(([name, inner]) => collect(prefix + name, inner, place)));
}

function parseLoosely(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function failed(problem: ConfigProblem): Source {
  return { settings: [], problems: [problem] };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
