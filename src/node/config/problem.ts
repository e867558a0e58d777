/**
 * What is wrong with a configuration, in words for an operator: where, what, and what to do. All
 * problems are collected and shown together, so that nobody fixes ten keys in ten starts.
 */

export type ConfigProblem = {
  /** Dotted key, or the name of the source if the problem is not about one key. */
  readonly path: string;
  /** Which source gave the value, in words: `--set`, `file /etc/node.json`, … */
  readonly origin: string;
  /** What is wrong and what would be right, without a full stop. */
  readonly message: string;
};

/** One line, the form in which problems are printed. */
export function describeProblem(problem: ConfigProblem): string {
  return `${problem.path}: ${problem.message} (from ${problem.origin})`;
}
