/** The part we use of two packages that ship no types. */

declare module 'sodium-native' {
  export function crypto_sign_verify_detached(
    signature: Uint8Array,
    message: Uint8Array,
    publicKey: Uint8Array,
  ): boolean;
  export function crypto_sign_detached(
    signatureOut: Uint8Array,
    message: Uint8Array,
    secretKey: Uint8Array,
  ): void;
  export function crypto_sign_seed_keypair(
    publicKeyOut: Uint8Array,
    secretKeyOut: Uint8Array,
    seed: Uint8Array,
  ): void;
}

declare module 'secp256k1/bindings.js' {
  const bindings: {
    ecdsaVerify(signature: Uint8Array, digest: Uint8Array, publicKey: Uint8Array): boolean;
    ecdsaSign(digest: Uint8Array, secretKey: Uint8Array): { readonly signature: Uint8Array };
    privateKeyVerify(secretKey: Uint8Array): boolean;
    publicKeyCreate(secretKey: Uint8Array, compressed: boolean): Uint8Array;
    publicKeyConvert(publicKey: Uint8Array, compressed: boolean): Uint8Array;
  };
  export = bindings;
}

/** The engine has it; the `es2024` library of TypeScript does not describe it. */
declare namespace WebAssembly {
  class Memory {
    constructor(limits: { readonly initial: number; readonly maximum: number });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>);
  }
  class Instance {
    constructor(module: Module, imports: { readonly node: { readonly memory: Memory } });
    readonly exports: { readonly run: (jobs: number, count: number, prefix: number) => void };
  }
}
