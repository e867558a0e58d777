/** Settings of the HTTP and WebSocket API: the `rpc` section of the configuration. */

export type WebSocketOptions = {
  /** Path of the endpoint on the HTTP port. */
  readonly path: string;
  /** Largest message of a client; a larger one closes the connection with 1009. */
  readonly messageBytesMax: number;
  /** Unanswered transactions of one connection, after which its socket is not read. */
  readonly inFlightTransactionsMax: number;
  /** Unsent bytes of one connection, after which it is closed as too slow (1013). */
  readonly sendBufferBytesMax: number;
};

export type RpcOptions = {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Origins that browsers may call from; `*` allows all. */
  readonly corsOrigins: readonly string[];
  readonly bodyBytesMax: number;
  readonly connectionsMax: number;
  /** Requests per second of one address; twice as many may come in a burst. */
  readonly requestsPerSecond: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  /** Open subscriptions over all connections. */
  readonly subscriptionsMax: number;
  /** Run each sent transaction on the head state first and refuse it if it fails. */
  readonly tryTx: boolean;
  /** Offer `/execTx`. */
  readonly execTx: boolean;
  readonly websocket: WebSocketOptions;
};
