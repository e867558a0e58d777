/**
 * The configuration of a node, merged from its sources and validated as a whole. Later wins:
 * defaults, profile, file, environment, `--set`, `--data-dir`. Nothing is written and nothing but
 * the JSON files is read, so `config check` may run beside a live node.
 */

import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { ok, type Result } from '#core/result.ts';
import { checkTogether } from './cross-checks.ts';
import type { ConfigProblem } from './problem.ts';
import { configKeys, configSchema, type NodeConfig } from './schema.ts';
import {
  DEFAULT_PROFILE,
  join,
  readAssignments,
  readEnvironment,
  readFile,
  readProfile,
  type Setting,
} from './sources.ts';

/** The checkout: where the built-in `config` folder lies. */
const PACKAGE_ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** The one key whose value must not reach a terminal or a log. */
const SECRET_PATH = 'identity.devSecretKey';

export type ConfigOptions = {
  /** Name of a file in `config/`; `default` if absent. */
  readonly profile?: string | undefined;
  /** The operator's own file. */
  readonly file?: string | undefined;
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** `key=value` each, as given to `--set`. */
  readonly assignments?: readonly string[] | undefined;
  readonly dataDir?: string | undefined;
  /** Where relative paths of the command line start; the process's own if absent. */
  readonly cwd?: string | undefined;
};

export type LoadedConfig = {
  readonly config: NodeConfig;
  /** By dotted key, in words: `default`, `profile dev`, `file /x.json`, `environment X`, `--set`. */
  readonly origins: ReadonlyMap<string, string>;
};

/** Merges and validates; on failure every problem of every source at once. */
export function loadConfig(
  options: ConfigOptions = {},
): Result<LoadedConfig, readonly ConfigProblem[]> {
  const cwd = options.cwd ?? process.cwd();
  const { settings, problems } = gather(options, cwd);
  const merged = new Map<string, Setting>();
  for (const setting of settings) {
    merged.set(setting.path, withTextKept(setting, merged.get(setting.path)));
  }
  const parsed = v.safeParse(configSchema, nest(merged));
  const invalid = parsed.success ? [] : explain(parsed.issues, merged);
  const sound = parsed.success ? parsed.output : withoutInvalid(settings, merged, invalid);
  const together = sound === undefined ? [] : checkTogether(sound, originsOf(merged));
  const all = [...problems, ...invalid, ...together];
  if (!parsed.success || all.length > 0) return { ok: false, failure: all };
  const config = resolvePaths(parsed.output, merged, cwd);
  return ok({ config, origins: originsOf(merged) });
}

function originsOf(merged: ReadonlyMap<string, Setting>): ReadonlyMap<string, string> {
  return new Map(configKeys.map(({ path }) => [path, merged.get(path)?.origin ?? 'default']));
}

/** The configuration with each invalid value taken back, to find what else is wrong with it. */
function withoutInvalid(
  settings: readonly Setting[],
  merged: ReadonlyMap<string, Setting>,
  invalid: readonly ConfigProblem[],
): NodeConfig | undefined {
  const repaired = new Map(merged);
  for (const { path } of invalid) {
    const overridden = settings.filter((setting) => setting.path === path).at(-2);
    if (overridden !== undefined) repaired.set(path, overridden);
  }
  const parsed = v.safeParse(configSchema, nest(repaired));
  return parsed.success ? parsed.output : undefined;
}

function gather(options: ConfigOptions, cwd: string): ReturnType<typeof join> {
  const configDir = resolve(PACKAGE_ROOT, 'config');
  const { profile = DEFAULT_PROFILE, file, dataDir } = options;
  const sources = [readProfile(configDir, DEFAULT_PROFILE)];
  if (profile !== DEFAULT_PROFILE) sources.push(readProfile(configDir, profile));
  if (file !== undefined) sources.push(readFile(resolve(cwd, file)));
  sources.push(readEnvironment(options.environment ?? {}, cwd));
  sources.push(readAssignments(options.assignments ?? [], cwd));
  if (dataDir !== undefined) {
    const setting = { path: 'dataDir', value: dataDir, origin: '--data-dir', base: cwd };
    sources.push({ settings: [setting], problems: [] });
  }
  return join(sources);
}

/**
 * On a command line and in the environment everything is text: `1.0` for a key that holds text
 * means the text, not the number 1.
 */
function withTextKept(setting: Setting, earlier: Setting | undefined): Setting {
  const { value, text } = setting;
  const holdsText = typeof earlier?.value === 'string' || earlier?.value === null;
  const misread = typeof value === 'number' || typeof value === 'boolean';
  return text !== undefined && holdsText && misread ? { ...setting, value: text } : setting;
}

function nest(merged: ReadonlyMap<string, Setting>): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const { path, value } of merged.values()) {
    const names = path.split('.');
    let section = root;
    for (const name of names.slice(0, -1)) {
      section[name] ??= {};
      section = section[name] as Record<string, unknown>;
    }
    section[names.at(-1) ?? ''] = value;
  }
  return root;
}

/** One problem per key: several broken bounds of one value are one thing to fix. */
function explain(
  issues: readonly v.BaseIssue<unknown>[],
  merged: ReadonlyMap<string, Setting>,
): readonly ConfigProblem[] {
  const problems = new Map<string, ConfigProblem>();
  for (const issue of issues) {
    const names = (issue.path ?? [])
      .map((item) => item.key)
      .filter((key) => typeof key === 'string');
    const path = names.join('.');
    if (problems.has(path)) continue;
    const setting = merged.get(path);
    const message = `${issue.message}, not ${showValue(path, setting?.value)}`;
    problems.set(path, { path, origin: setting?.origin ?? 'default', message });
  }
  return [...problems.values()];
}

/** A value as it may be printed: short, and never a secret key. */
export function showValue(path: string, value: unknown): string {
  if (path === SECRET_PATH && typeof value === 'string')
    return `a text of ${value.length} characters`;
  const text = JSON.stringify(value) ?? 'absent';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/**
 * Relative paths start where they were written: in the folder of the file, or in the working
 * directory for the command line and the environment. The built-in ones start in the working
 * directory (data), in the checkout (genesis) and in the data directory (keystore).
 */
function resolvePaths(
  config: NodeConfig,
  merged: ReadonlyMap<string, Setting>,
  cwd: string,
): NodeConfig {
  const absolute = (path: string, value: string, builtIn: string): string =>
    isAbsolute(value) ? value : resolve(merged.get(path)?.base ?? builtIn, value);
  const optional = (path: string, value: string | null): string | null =>
    value === null ? null : absolute(path, value, dataDir);
  const dataDir = absolute('dataDir', config.dataDir, cwd);
  const { keystore, passwordFile } = config.identity;
  return {
    ...config,
    dataDir,
    genesis: absolute('genesis', config.genesis, PACKAGE_ROOT),
    identity: {
      ...config.identity,
      keystore: optional('identity.keystore', keystore),
      passwordFile: optional('identity.passwordFile', passwordFile),
    },
  };
}
