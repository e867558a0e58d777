/** Numbers as people read them. */

import type { FileComparison } from './compare.ts';
import type { BenchFile, MacroResult, MicroResult } from './result.ts';

const BYTES_PER_MIB = 2 ** 20;

type Column<Row> = {
  readonly title: string;
  readonly text: (row: Row) => string;
  readonly align?: 'right';
};

const MICRO_COLUMNS: readonly Column<MicroResult>[] = [
  { title: 'micro', text: ({ name }) => name },
  { title: 'per second', text: ({ perSecond }) => grouped(perSecond), align: 'right' },
  { title: 'each', text: ({ nanoseconds }) => duration(nanoseconds.p50), align: 'right' },
  { title: '±', text: ({ relativeError }) => percent(relativeError), align: 'right' },
  { title: 'unit', text: ({ unit }) => unit },
];

const MACRO_COLUMNS: readonly Column<MacroResult>[] = [
  { title: 'workload', text: ({ workload }) => workload },
  { title: 'shards', text: ({ shards }) => `${shards}`, align: 'right' },
  { title: 'across', text: ({ crossShardShare }) => percent(crossShardShare), align: 'right' },
  { title: 'committed/s', text: ({ committedTps }) => grouped(committedTps), align: 'right' },
  { title: 'of verify', text: (row) => row.pairedRatioToVerify.toFixed(2), align: 'right' },
  { title: 'p50 ms', text: ({ openLoop }) => grouped(openLoop.latencyMs.p50), align: 'right' },
  { title: 'p99 ms', text: ({ openLoop }) => grouped(openLoop.latencyMs.p99), align: 'right' },
  { title: 'at', text: ({ openLoop }) => `${grouped(openLoop.offeredTps)}/s`, align: 'right' },
  { title: 'node µs', text: (row) => micros(row.cpuMicrosPerTransaction?.node), align: 'right' },
  {
    title: 'load µs',
    text: (row) => micros(row.cpuMicrosPerTransaction?.loadGenerator),
    align: 'right',
  },
  {
    title: 'MiB',
    text: ({ resident }) => grouped(resident.peakBytes / BYTES_PER_MIB),
    align: 'right',
  },
];

/** Everything a run found, ready to print. */
export function reportOf(file: BenchFile): string {
  const micro = file.results.filter((result) => result.kind === 'micro');
  const macro = file.results.filter((result) => result.kind === 'macro');
  const raw = file.results.find((result) => result.kind === 'rawVerify');
  const rawText =
    raw &&
    `raw signature rate: ${grouped(raw.perSecond)}/s (${raw.library}, ${raw.threads} threads, ` +
      `median of ${raw.samples.length})`;
  return [
    ...(micro.length === 0 ? [] : [tableOf(MICRO_COLUMNS, micro)]),
    ...(macro.length === 0 ? [] : [tableOf(MACRO_COLUMNS, macro)]),
    ...(rawText === undefined ? [] : [rawText]),
    ...(macro.length === 0 ? [] : [headline(file)]),
    ...list('warning', file.warnings),
    ...list(
      'failed',
      file.failures.map(({ name, message }) => `${name}: ${message}`),
    ),
  ].join('\n\n');
}

export function comparisonReport({ comparisons, ...rest }: FileComparison): string {
  const table = tableOf(
    [
      { title: 'measurement', text: ({ name }) => name },
      { title: 'unit', text: ({ unit }) => unit },
      { title: 'before', text: ({ before }) => grouped(before), align: 'right' },
      { title: 'after', text: ({ after }) => grouped(after), align: 'right' },
      { title: 'ratio', text: ({ ratio }) => ratio.toFixed(2), align: 'right' },
      { title: 'noise', text: ({ band }) => `±${percent(band)}`, align: 'right' },
      { title: 'verdict', text: ({ verdict }) => verdict },
    ],
    comparisons,
  );
  return [
    table,
    ...list('only in the first', rest.onlyBefore),
    ...list('only in the second', rest.onlyAfter),
    ...list('warning', rest.warnings),
  ].join('\n\n');
}

function headline({ machine, summary }: BenchFile): string {
  return (
    `committed: final and flushed (${machine.dataFilesystem}, fsync ${machine.fsyncMs.toFixed(2)} ms), every ` +
    `signature checked; ${machine.cores} cores shared with the load generator; ` +
    `raw rate ${grouped(summary.rawVerifyPerSecond)}/s`
  );
}

function list(label: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [lines.map((line) => `${label}: ${line}`).join('\n')];
}

function tableOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = [columns.map(({ title }) => title)].concat(
    rows.map((row) => columns.map(({ text }) => text(row))),
  );
  const widths = columns.map((_, at) => Math.max(...cells.map((line) => line[at]?.length ?? 0)));
  return cells
    .map((line) =>
      line
        .map((cell, at) => {
          const width = widths[at] as number;
          return columns[at]?.align === 'right' ? cell.padStart(width) : cell.padEnd(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** 12345.6 → `12,346`; small numbers keep three digits. */
function grouped(value: number): string {
  if (!Number.isFinite(value)) return '-';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(digits).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

function duration(nanoseconds: number): string {
  if (nanoseconds < 1000) return `${nanoseconds.toFixed(0)} ns`;
  if (nanoseconds < 1e6) return `${(nanoseconds / 1000).toFixed(2)} µs`;
  return `${(nanoseconds / 1e6).toFixed(2)} ms`;
}

function micros(value: number | undefined): string {
  return value === undefined ? '-' : value.toFixed(1);
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
