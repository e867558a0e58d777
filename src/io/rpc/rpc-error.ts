/**
 * Refusals of the HTTP API in the reference node's form (spec go-iost §4.2): the body is
 * `{"code":N,"message":"…"}` and clients tell success from failure by the HTTP status alone.
 */

/** Codes of google.rpc.Code that the API uses. */
export const RPC_CODE = {
  /** Every refusal by the application. */
  UNKNOWN: 2,
  /** A path value or a body that cannot be read. */
  INVALID_ARGUMENT: 3,
  RESOURCE_EXHAUSTED: 8,
  /** No such route. */
  UNIMPLEMENTED: 12,
  UNAVAILABLE: 14,
} as const;

export type RpcCode = (typeof RPC_CODE)[keyof typeof RPC_CODE];

/** Thrown by handlers, answered by the HTTP server; it never leaves io/rpc. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly code: RpcCode;

  constructor(code: RpcCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** A refusal by the application: code 2, the text is what clients show. */
export function unknownError(message: string): RpcError {
  return new RpcError(RPC_CODE.UNKNOWN, message);
}

/** A request that cannot be read: code 3. */
export function invalidArgument(message: string): RpcError {
  return new RpcError(RPC_CODE.INVALID_ARGUMENT, message);
}

export function errorBody(code: RpcCode, message: string): string {
  return `{"code":${code},"message":${JSON.stringify(message.toWellFormed())}}`;
}
