/** What a macro row is measured on: one node in its process, or a network of several. */

import { complaintsIn, type NodeEnd, RunningNode } from '#test/support/running-node.ts';
import { ValidatorProcesses } from '#test/support/validator-processes.ts';

export interface NodeUnderLoad {
  /** HTTP addresses; transactions go to all of them in turn, blocks are followed on the first. */
  readonly urls: readonly string[];
  readonly pids: readonly number[];
  /** Resolves once it is ready. */
  start(): Promise<void>;
  /** Ordered stop; answers what it complained of under load. */
  stop(): Promise<readonly string[]>;
  /** Kills what runs and deletes its data. */
  remove(): Promise<void>;
}

export type UnderLoadOptions = {
  readonly validators: number;
  readonly shards: number;
  readonly settings: Readonly<Record<string, string>>;
};

export function prepareUnderLoad(options: UnderLoadOptions): Promise<NodeUnderLoad> {
  return options.validators === 1 ? SingleNode.prepare(options) : Network.prepare(options);
}

class SingleNode implements NodeUnderLoad {
  readonly #node: RunningNode;

  private constructor(node: RunningNode) {
    this.#node = node;
  }

  static async prepare({ shards, settings }: UnderLoadOptions): Promise<NodeUnderLoad> {
    return new SingleNode(await RunningNode.prepare({ profile: 'bench', shards, settings }));
  }

  get urls(): readonly string[] {
    return [this.#node.rpcUrl];
  }

  get pids(): readonly number[] {
    return [this.#node.pid];
  }

  start(): Promise<void> {
    return this.#node.start();
  }

  async stop(): Promise<readonly string[]> {
    const { code, stderr }: NodeEnd = await this.#node.stop();
    const complaints = complaintsIn(stderr);
    return code === 0 ? complaints : [`node exit ${code}`, ...complaints];
  }

  remove(): Promise<void> {
    return this.#node.remove();
  }
}

class Network implements NodeUnderLoad {
  readonly #processes: ValidatorProcesses;
  readonly #settings: Readonly<Record<string, string>>;
  /** Validators that find nobody at first say so; that is no complaint. */
  #startLogs: readonly string[] = [];

  private constructor(processes: ValidatorProcesses, settings: Readonly<Record<string, string>>) {
    this.#processes = processes;
    this.#settings = settings;
  }

  static async prepare(options: UnderLoadOptions): Promise<NodeUnderLoad> {
    const { validators, shards, settings } = options;
    const size = { validators, shards, network: 'bench' };
    return new Network(await ValidatorProcesses.prepare(size), settings);
  }

  get urls(): readonly string[] {
    return this.#indexes.map((index) => this.#processes.rpc(index));
  }

  get pids(): readonly number[] {
    return this.#indexes.map((index) => this.#processes.pid(index));
  }

  async start(): Promise<void> {
    const assignments = Object.entries(this.#settings).map(([key, value]) => `${key}=${value}`);
    const extra = assignments.flatMap((assignment) => ['--set', assignment]);
    for (const index of this.#indexes) {
      this.#processes.start(index, ['--profile', 'bench', ...extra]);
    }
    await this.#processes.ready(this.#indexes);
    this.#startLogs = this.#indexes.map((index) => this.#processes.log(index));
  }

  async stop(): Promise<readonly string[]> {
    const logs = this.#indexes.map((index) =>
      this.#processes.log(index).slice(this.#startLogs[index]?.length),
    );
    const codes = await Promise.all(
      this.#indexes.map((index) => this.#processes.end(index, 'SIGTERM')),
    );
    const failed = codes.flatMap((code, index) =>
      code === 0 ? [] : [`validator ${index} exit ${code}`],
    );
    return [...failed, ...logs.flatMap(complaintsIn)];
  }

  remove(): Promise<void> {
    return this.#processes.remove();
  }

  get #indexes(): readonly number[] {
    return this.#processes.validators.map(({ index }) => index);
  }
}
