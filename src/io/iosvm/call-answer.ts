/** What the entry of the prelude answers, see `prelude/entry.js`. */

export type Answer = {
  readonly isResult: boolean;
  readonly gas: number;
  readonly allocated: number;
  /** Bits of the values sent along that were asked for; 0 where the call failed. */
  readonly usedGuesses: number;
  /** Writes that the host has yet to carry out. */
  readonly writes: string;
  /** The result, or why there is none. */
  readonly text: string;
};

export function readAnswer(answer: string): Answer {
  const gasEnd = answer.indexOf(' ');
  const allocatedEnd = answer.indexOf(' ', gasEnd + 1);
  const gas = Number(answer.slice(1, gasEnd));
  const allocated = Number(answer.slice(gasEnd + 1, allocatedEnd));
  if (answer.charCodeAt(0) !== RESULT) {
    const text = answer.slice(allocatedEnd + 1).toWellFormed();
    return { isResult: false, gas, allocated, usedGuesses: 0, writes: '', text };
  }
  const usedEnd = answer.indexOf(' ', allocatedEnd + 1);
  const lengthEnd = answer.indexOf(' ', usedEnd + 1);
  const writesEnd = lengthEnd + 1 + Number(answer.slice(usedEnd + 1, lengthEnd));
  return {
    isResult: true,
    gas,
    allocated,
    usedGuesses: Number(answer.slice(allocatedEnd + 1, usedEnd)),
    writes: answer.slice(lengthEnd + 1, writesEnd),
    text: answer.slice(writesEnd).toWellFormed(),
  };
}

const RESULT = 'r'.charCodeAt(0);
