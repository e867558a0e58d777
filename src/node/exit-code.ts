/**
 * What the process says when it ends, after sysexits.h, so that service managers and scripts can
 * tell what helps: 75 is worth a retry, 70 and 78 are not.
 */
export const EXIT_CODE = {
  /** Stopped as asked. */
  clean: 0,
  /** A command was refused or failed, for example a transfer. */
  failure: 1,
  /** The command line could not be understood. */
  usage: 64,
  /** An actor kept failing, or the disk did. */
  fault: 70,
  /** Something outside may pass: another node holds the data directory, no answer in time. */
  retry: 75,
  /** Configuration, key file, genesis or data directory do not fit; nothing was written. */
  config: 78,
} as const;
