/**
 * A real node in a process of its own, on free ports and a data directory of its own: started,
 * stopped, killed and started again on the same data, always by the pid that was started here.
 *
 * Ports are free when they are chosen, not reserved; a start that loses one to somebody else is
 * tried again with others.
 */

import { strict as assert } from 'node:assert';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const READY_MS_MAX = 60_000;
const POLL_MS = 25;
const START_ATTEMPTS_MAX = 3;
const OUTPUT_CHARACTERS_MAX = 100_000;
const EXIT_RETRY = 75;

export type NodeOptions = {
  readonly profile: 'dev' | 'bench';
  readonly shards: number;
  /** Further settings, like `{ 'block.intervalMs': 50 }`. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  /** Further variables, such as `NODE_OPTIONS` for a preload. */
  readonly environment?: Readonly<Record<string, string>>;
};

export type NodeEnd = {
  /** `null` where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
};

const WARN = 40;

/** Lines of a log in JSON that warn or report a failure. */
export function complaintsIn(log: string): readonly string[] {
  return log.split('\n').filter((line) => {
    if (!line.startsWith('{')) return line !== '';
    const { level } = JSON.parse(line) as { readonly level: number | string };
    return typeof level !== 'number' || level >= WARN;
  });
}

type Ports = { readonly rpc: number; readonly telemetry: number; readonly p2p: number };

export class RunningNode {
  readonly options: NodeOptions;
  readonly dataDir: string;
  #ports: Ports;
  #child: ChildProcess | undefined;
  #ended: Promise<NodeEnd> | undefined;

  private constructor(options: NodeOptions, ports: Ports) {
    this.options = options;
    this.dataDir = mkdtempSync(join(tmpdir(), 'iost-node-e2e-'));
    this.#ports = ports;
  }

  /** A node that was not started yet. */
  static async prepare(options: NodeOptions): Promise<RunningNode> {
    return new RunningNode(options, await freePorts());
  }

  /** A new node on an empty data directory, ready to serve. */
  static async start(options: NodeOptions): Promise<RunningNode> {
    const node = await RunningNode.prepare(options);
    await node.start();
    return node;
  }

  get rpcUrl(): string {
    return `http://127.0.0.1:${this.#ports.rpc}`;
  }

  get websocketUrl(): string {
    return `ws://127.0.0.1:${this.#ports.rpc}/ws`;
  }

  get telemetryUrl(): string {
    return `http://127.0.0.1:${this.#ports.telemetry}`;
  }

  /** Where its data is and how it was made. */
  get atRest(): NodeOptions & { readonly dataDir: string } {
    return { ...this.options, dataDir: this.dataDir };
  }

  get pid(): number {
    assert.ok(this.#child?.pid !== undefined, 'the node runs');
    return this.#child.pid;
  }

  /** Arguments of `iostd start` for this node; later ones override, as on the command line. */
  startArguments(settings: NodeOptions['settings'] = {}): readonly string[] {
    const { rpc, telemetry, p2p } = this.#ports;
    const all = {
      shards: this.options.shards,
      'rpc.port': rpc,
      'telemetry.port': telemetry,
      'p2p.port': p2p,
      'log.format': 'json',
      ...this.options.settings,
      ...settings,
    };
    const assignments = Object.entries(all).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
    return ['start', '--profile', this.options.profile, '--data-dir', this.dataDir, ...assignments];
  }

  /** Starts it on its data directory and resolves once it is ready. */
  async start(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const end = await this.#tryStart();
      if (end === undefined) return;
      if (end.code !== EXIT_RETRY || attempt === START_ATTEMPTS_MAX) {
        assert.fail(`the node did not start (${end.code ?? end.signal}):\n${end.stderr}`);
      }
      this.#ports = await freePorts();
    }
  }

  /** Ordered stop. */
  stop(): Promise<NodeEnd> {
    return this.#end('SIGTERM');
  }

  kill(): Promise<NodeEnd> {
    return this.#end('SIGKILL');
  }

  /** The end of the process, whenever it comes. */
  get ended(): Promise<NodeEnd> {
    assert.ok(this.#ended !== undefined, 'the node was started');
    return this.#ended;
  }

  /** Kills it if it runs and deletes its data. */
  async remove(): Promise<void> {
    if (this.#child !== undefined) await this.kill();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  /** Resident memory: of its own, and pages of files that are mapped. */
  memory(): { readonly ownBytes: number; readonly mappedBytes: number } {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    const bytes = (field: string): number =>
      Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) * 1024;
    return { ownBytes: bytes('RssAnon') + bytes('RssShmem'), mappedBytes: bytes('RssFile') };
  }

  /** Starts the process and does not wait for anything. */
  launch(): void {
    assert.equal(this.#child, undefined, 'the node does not run');
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('IOSTD_'));
    const child = spawn(process.execPath, [MAIN, ...this.startArguments()], {
      env: { ...Object.fromEntries(inherited), ...this.options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.#ended = endOf(child).finally(() => {
      if (this.#child === child) this.#child = undefined;
    });
  }

  /** Resolves to the end of the process where it comes before the node is ready. */
  async #tryStart(): Promise<NodeEnd | undefined> {
    this.launch();
    let end: NodeEnd | undefined;
    void this.ended.then((value) => {
      end = value;
    });
    for (const deadline = Date.now() + READY_MS_MAX; end === undefined; await sleep(POLL_MS)) {
      if (await isReady(this.telemetryUrl)) return undefined;
      if (Date.now() < deadline) continue;
      const { stderr } = await this.kill();
      assert.fail(`the node is not ready after ${READY_MS_MAX / 1000} s:\n${stderr}`);
    }
    return end;
  }

  #end(signal: NodeJS.Signals): Promise<NodeEnd> {
    process.kill(this.pid, signal);
    return this.ended;
  }
}

function endOf(child: ChildProcess): Promise<NodeEnd> {
  const startedMs = performance.now();
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    stdout = (stdout + chunk).slice(-OUTPUT_CHARACTERS_MAX);
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr = (stderr + chunk).slice(-OUTPUT_CHARACTERS_MAX);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      const seconds = (performance.now() - startedMs) / 1000;
      resolve({ code, signal, stdout, stderr, seconds });
    });
  });
}

/** Whether a node says that it is ready; `false` too while nobody answers. */
export async function isReady(telemetryUrl: string): Promise<boolean> {
  try {
    const response = await fetch(`${telemetryUrl}/readyz`);
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/** Three different ports that nobody listens on. */
export async function freePorts(): Promise<Ports> {
  const servers = [createServer(), createServer(), createServer()];
  for (const server of servers) await once(server.listen(0, '127.0.0.1'), 'listening');
  const [rpc, telemetry, p2p] = servers.map((server) => {
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    return address.port;
  }) as [number, number, number];
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return { rpc, telemetry, p2p };
}
