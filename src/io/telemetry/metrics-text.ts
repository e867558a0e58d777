/**
 * The numbers of the actors as Prometheus text. All names begin with `iost_`; the label `actor` is on
 * every series, and actors may add one label with few values.
 */

export type MetricSample =
  | {
      readonly type: 'counter' | 'gauge';
      readonly name: string;
      readonly help: string;
      readonly label: { readonly name: string; readonly value: string } | null;
      readonly value: number;
    }
  | {
      readonly type: 'histogram';
      readonly name: string;
      readonly help: string;
      /** Upper limits, ascending; infinity is not among them. */
      readonly bounds: readonly number[];
      /** Observations per bucket, not cumulated; one more than `bounds`, the last is infinity's. */
      readonly bucketCounts: readonly number[];
      readonly sum: number;
    };

/** What the supervisor knows about one actor. */
export type ActorSamples = {
  readonly actor: string;
  readonly status: string;
  readonly restartCount: number;
  /** 0 to 1. */
  readonly busyShare: number;
  readonly loop: LoopSamples;
  readonly custom: readonly MetricSample[];
};

export type LoopSamples = {
  readonly turns: number;
  readonly messagesIn: number;
  readonly messagesOut: number;
  readonly messagesDropped: number;
  readonly queueBytes: number;
  readonly overflowBytes: number;
  readonly busyMs: number;
  readonly turnMsMax: number;
  readonly heartbeatMs: number;
};

const PREFIX = 'iost_';
const MS_PER_SECOND = 1000;

type Loop = (samples: ActorSamples) => number;

/** Name, type, help and value of what every actor has. */
const LOOP_METRICS: readonly (readonly [string, 'counter' | 'gauge', string, Loop])[] = [
  [
    'actor_ready',
    'gauge',
    '1 while the actor takes messages',
    (it) => Number(it.status === 'ready'),
  ],
  ['actor_restarts_total', 'counter', 'Restarts of the actor', (it) => it.restartCount],
  ['actor_busy_ratio', 'gauge', 'Share of time spent in turns', (it) => it.busyShare],
  ['actor_turns_total', 'counter', 'Turns of the run loop', (it) => it.loop.turns],
  ['actor_messages_in_total', 'counter', 'Messages handled', (it) => it.loop.messagesIn],
  ['actor_messages_out_total', 'counter', 'Messages sent', (it) => it.loop.messagesOut],
  [
    'actor_messages_dropped_total',
    'counter',
    'Dropped, lossy links',
    (it) => it.loop.messagesDropped,
  ],
  ['actor_queue_bytes', 'gauge', 'Unread bytes in inbound rings', (it) => it.loop.queueBytes],
  [
    'actor_overflow_bytes',
    'gauge',
    'Bytes waiting beside full rings',
    (it) => it.loop.overflowBytes,
  ],
  ['actor_busy_seconds_total', 'counter', 'Time in turns', (it) => it.loop.busyMs / MS_PER_SECOND],
  ['actor_turn_seconds_max', 'gauge', 'Longest turn', (it) => it.loop.turnMsMax / MS_PER_SECOND],
  [
    'actor_heartbeat_seconds',
    'gauge',
    'Unix time of the last sign of life',
    (it) => it.loop.heartbeatMs / MS_PER_SECOND,
  ],
];

/** Ends with a line break; every family is written once, with one line per actor. */
export function metricsText(actors: readonly ActorSamples[]): string {
  const lines: string[] = [];
  for (const [name, type, help, value] of LOOP_METRICS) {
    family(lines, PREFIX + name, type, help);
    for (const samples of actors) line(lines, PREFIX + name, samples.actor, '', value(samples));
  }
  const families = new Map<string, (readonly [actor: string, sample: MetricSample])[]>();
  for (const { actor, custom } of actors) {
    for (const sample of custom) {
      const family = families.get(sample.name) ?? [];
      families.set(sample.name, family);
      family.push([actor, sample]);
    }
  }
  for (const samples of families.values()) customFamily(lines, samples);
  return `${lines.join('\n')}\n`;
}

function customFamily(
  lines: string[],
  samples: readonly (readonly [actor: string, sample: MetricSample])[],
): void {
  const first = samples[0]?.[1];
  if (first === undefined) return;
  const name = PREFIX + first.name;
  family(lines, name, first.type, first.help);
  for (const [actor, sample] of samples) {
    if (sample.type === 'histogram') histogram(lines, name, actor, sample);
    else line(lines, name, actor, labelText(sample.label), sample.value);
  }
}

function labelText(label: { readonly name: string; readonly value: string } | null): string {
  return label === null ? '' : `,${label.name}="${label.value}"`;
}

function histogram(
  lines: string[],
  name: string,
  actor: string,
  sample: Extract<MetricSample, { readonly type: 'histogram' }>,
): void {
  let count = 0;
  for (const [bucket, observations] of sample.bucketCounts.entries()) {
    count += observations;
    const bound = sample.bounds[bucket];
    const limit = bound === undefined ? '+Inf' : `${bound}`;
    line(lines, `${name}_bucket`, actor, `,le="${limit}"`, count);
  }
  line(lines, `${name}_sum`, actor, '', sample.sum);
  line(lines, `${name}_count`, actor, '', count);
}

function family(lines: string[], name: string, type: string, help: string): void {
  lines.push(`# HELP ${name} ${help.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')}`);
  lines.push(`# TYPE ${name} ${type}`);
}

function line(lines: string[], name: string, actor: string, labels: string, value: number): void {
  const shown = actor.replace(/["\\\n]/g, '_');
  lines.push(`${name}{actor="${shown}"${labels}} ${value}`);
}
