/**
 * Signs that a run shared its machine: they do not change a number, but say how far to trust it.
 */

import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import type { BenchResult } from './result.ts';

const STEAL_SHARE_MAX = 0.02;
const LOAD_PER_CORE_MAX = 0.5;
const RAW_SPREAD_MAX = 0.1;
const SEND_LAG_MS_MAX = 20;
const COMMITTED_SHARE_MIN = 0.98;
/** Position in the first line of `/proc/stat`, behind its name. */
const STEAL_FIELD = 7;

export class NoiseWatch {
  readonly #loadAtStart = loadavg()[0] ?? 0;
  readonly #cpuAtStart = cpuTicks();

  warnings(results: readonly BenchResult[]): readonly string[] {
    return [...this.#machineWarnings(), ...results.flatMap(resultWarnings)];
  }

  #machineWarnings(): readonly string[] {
    const warnings: string[] = [];
    if (this.#loadAtStart > LOAD_PER_CORE_MAX * availableParallelism()) {
      warnings.push(`the machine was busy at the start: load ${this.#loadAtStart.toFixed(1)}`);
    }
    const now = cpuTicks();
    if (now === undefined || this.#cpuAtStart === undefined) return warnings;
    const steal = (now.steal - this.#cpuAtStart.steal) / (now.total - this.#cpuAtStart.total);
    if (steal > STEAL_SHARE_MAX) {
      warnings.push(`the host took ${percent(steal)} of the CPU time away`);
    }
    return warnings;
  }
}

export function resultWarnings(result: BenchResult): readonly string[] {
  switch (result.kind) {
    case 'micro':
      return [];
    case 'rawVerify': {
      const spread = relativeSpread(result.samples);
      if (spread <= RAW_SPREAD_MAX) return [];
      return [`${result.name}: ${percent(spread)} between its lowest and highest measurement`];
    }
    case 'macro': {
      const { name, repetitions, openLoop, pairedRatioToVerify } = result;
      const warnings: string[] = [];
      if (pairedRatioToVerify > 1) {
        warnings.push(`${name}: faster than signatures were checked next to it, not believable`);
      }
      const rejected = repetitions.reduce((total, each) => total + each.rejected, 0);
      if (rejected > 0) warnings.push(`${name}: ${rejected} transactions were rejected`);
      if (openLoop.sendLagP99Ms > SEND_LAG_MS_MAX) {
        const lag = Math.round(openLoop.sendLagP99Ms);
        warnings.push(`${name}: the load generator itself was up to ${lag} ms late`);
      }
      if (openLoop.committedTps < COMMITTED_SHARE_MIN * openLoop.offeredTps) {
        warnings.push(`${name}: the open loop committed less than it offered`);
      }
      return warnings;
    }
  }
}

/** Between lowest and highest, as a share of the mean; 0 of fewer than two. */
export function relativeSpread(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  return (Math.max(...values) - Math.min(...values)) / mean;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function cpuTicks(): { readonly total: number; readonly steal: number } | undefined {
  try {
    const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
    const fields = line.split(/\s+/).slice(1).map(Number);
    const total = fields.reduce((sum, value) => sum + value, 0);
    return { total, steal: fields[STEAL_FIELD] ?? 0 };
  } catch {
    return undefined; // Not Linux.
  }
}
