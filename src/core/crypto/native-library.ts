/**
 * The native libraries, loaded once per thread. Each has prebuilt binaries for the common platforms;
 * where one does not load, `undefined`, and a slower backend behind the same rule takes its place.
 */

import { createRequire } from 'node:module';

type Sodium = typeof import('sodium-native');
type Secp256k1 = typeof import('secp256k1/bindings.js');

const require = createRequire(import.meta.url);

export const sodium: Sodium | undefined = tryLoad(() => require('sodium-native') as Sodium);

// The package's own entry falls back to a JavaScript library of looser rules, so it is not used.
export const secp256k1Native: Secp256k1 | undefined = tryLoad(
  () => require('secp256k1/bindings.js') as Secp256k1,
);

function tryLoad<Library>(load: () => Library): Library | undefined {
  try {
    return load();
  } catch {
    return undefined;
  }
}
