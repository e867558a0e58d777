/** SIGTERM and SIGINT: the first begins the ordered stop, a second one does not wait for it. */

export interface Stoppable {
  stop(reason: string): void;
  force(reason: string): void;
}

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** Returns a function that gives the signals back to Node. */
export function listenForStopSignals(node: Stoppable): () => void {
  let signalled = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (signalled) node.force(`second ${signal}`);
    else node.stop(`${signal} received`);
    signalled = true;
  };
  for (const signal of STOP_SIGNALS) process.on(signal, onSignal);
  return () => {
    for (const signal of STOP_SIGNALS) process.off(signal, onSignal);
  };
}
