/**
 * Preloaded into a node (`--import`), into each of its threads: its wall clock goes wrong by
 * `TEST_CLOCK_SHIFT_MS`.
 */

const shiftMs = Number(process.env['TEST_CLOCK_SHIFT_MS'] ?? 0);
const realNow = Date.now;

Date.now = () => realNow() + shiftMs;
