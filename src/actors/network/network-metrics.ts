/** The numbers of the network actor. */

import type { ActorContext, Counter, Gauge } from '#actors/runtime/actor-context.ts';
import type { PeerNetworkStatus } from '#io/net/peer-network.ts';

export class NetworkMetrics {
  readonly received: Counter;
  readonly seen: Counter;
  readonly relayed: Counter;
  readonly #gauges: readonly (readonly [Gauge, keyof PeerNetworkStatus])[];

  constructor({ metrics }: ActorContext) {
    this.received = metrics.counter('p2p_frames_received_total', 'Frames of peers');
    this.seen = metrics.counter(
      'p2p_transactions_seen_total',
      'Transactions of peers that had been seen before',
    );
    this.relayed = metrics.counter(
      'p2p_transactions_sent_total',
      'Transactions passed on to peers',
    );
    this.#gauges = [
      [metrics.gauge('p2p_validators', 'Connected validators'), 'validators'],
      [metrics.gauge('p2p_peers_inbound', 'Connected peers that dialled this node'), 'inbound'],
      [metrics.gauge('p2p_peers_outbound', 'Connected peers that were dialled'), 'outbound'],
      [metrics.gauge('p2p_strangers', 'Connections without a good hello yet'), 'strangers'],
      [metrics.gauge('p2p_banned', 'Peers that are kept out at the moment'), 'banned'],
      [metrics.gauge('p2p_bans_total', 'Bans since the start'), 'bans'],
      [metrics.gauge('p2p_known_addresses', 'Addresses in the book'), 'knownAddresses'],
      [metrics.gauge('p2p_received_bytes_total', 'Bytes of frames from peers'), 'receivedBytes'],
      [metrics.gauge('p2p_sent_bytes_total', 'Bytes of frames to peers'), 'sentBytes'],
      [
        metrics.gauge('p2p_dropped_frames_total', 'Frames dropped at the bound of a slow peer'),
        'droppedFrames',
      ],
      [metrics.gauge('p2p_unsent_bytes', 'Bytes that wait for peers, in all'), 'unsentBytes'],
      [
        metrics.gauge('p2p_unsent_bytes_max', 'Bytes that wait for the slowest peer'),
        'unsentBytesMax',
      ],
    ];
  }

  update(status: PeerNetworkStatus): void {
    for (const [gauge, name] of this.#gauges) gauge.set(status[name]);
  }
}
