/** Resident memory of a process, from `/proc` (Linux; elsewhere zeros). */

import { readFileSync } from 'node:fs';

export type ResidentMemory = { readonly bytes: number; readonly peakBytes: number };

export function residentMemory(pid: number): ResidentMemory {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return { bytes: field(status, 'VmRSS'), peakBytes: field(status, 'VmHWM') };
  } catch {
    return { bytes: 0, peakBytes: 0 };
  }
}

function field(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) * 1024;
}
