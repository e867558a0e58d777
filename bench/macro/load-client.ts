/** The suite's hold on a load generator: starts the process, gives it jobs, ends it. */

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { LoadJob, LoadReport, LoadResult, LoadTarget } from './load-protocol.ts';

const GENERATOR = fileURLToPath(new URL('./load-generator.ts', import.meta.url));
const JOB_MS_MAX = 180_000;
const STDERR_CHARACTERS_MAX = 4000;

export class LoadClient {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #stderr = '';
  #onReport: (report: LoadReport) => void = () => {};

  constructor(target: LoadTarget) {
    this.#child = spawn(process.execPath, [GENERATOR, JSON.stringify(target)], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const { stdout, stderr, stdin } = this.#child;
    stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      this.#stderr = (this.#stderr + chunk).slice(-STDERR_CHARACTERS_MAX);
    });
    // A generator that died is noticed by its end, below.
    stdin?.on('error', () => {});
    if (stdout !== null) {
      createInterface({ input: stdout }).on('line', (line) =>
        this.#onReport(JSON.parse(line) as LoadReport),
      );
    }
    this.#ended = new Promise((resolve) => {
      const end = (reason: string) => {
        this.#onReport({
          kind: 'failed',
          message: `the load generator ${reason}\n${this.#stderr}`,
        });
        resolve();
      };
      this.#child.once('error', (error) => end(`did not start: ${error.message}`));
      this.#child.once('close', (code, signal) => end(`ended (${code ?? signal})`));
    });
  }

  /** `onStart` is called when everything is signed and the first transaction leaves. */
  async run(job: LoadJob, onStart: () => void): Promise<LoadResult> {
    const { promise, resolve, reject } = Promise.withResolvers<LoadResult>();
    this.#onReport = (report) => {
      if (report.kind === 'started') onStart();
      else if (report.kind === 'finished') resolve(report.result);
      else reject(new Error(report.message.trim()));
    };
    const timer = setTimeout(() => {
      reject(new Error(`the load generator did not finish within ${JOB_MS_MAX / 1000} s`));
      this.kill();
    }, JOB_MS_MAX);
    this.#child.stdin?.write(`${JSON.stringify(job)}\n`);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#onReport = () => {};
    }
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Ends it, by force if it does not go. */
  async close(): Promise<void> {
    this.#child.stdin?.end();
    const timer = setTimeout(() => this.kill(), 2000);
    await this.#ended;
    clearTimeout(timer);
  }
}
