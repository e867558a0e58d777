/**
 * The links between validators as TCP proxies on loopback, one per direction of dialling, so that
 * they can be cut: what is under way stays where it is, nothing gets through and nobody is told, as
 * when a cable is pulled.
 */

import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { ValidatorProcesses } from './validator-processes.ts';

type Link = {
  readonly from: number;
  readonly to: number;
  readonly server: Server;
  readonly sockets: Set<Socket>;
};

export class CuttableLinks {
  readonly #links: Link[] = [];
  #isCut: (from: number, to: number) => boolean = () => false;

  /** Puts a proxy into every link; the validators must not run yet and learn no other addresses. */
  static async between(network: ValidatorProcesses): Promise<CuttableLinks> {
    const links = new CuttableLinks();
    const { validators } = network;
    for (const { index: from } of validators) {
      const peers: string[] = [];
      for (const { index: to, p2p } of validators) {
        if (to !== from) peers.push(await links.#add(from, to, p2p));
      }
      network.configure(from, (settings) => ({
        ...settings,
        p2p: { ...(settings['p2p'] as object), peers, discovery: false },
      }));
    }
    return links;
  }

  /** Nothing passes between these validators and the others from now on; none: all is well. */
  cutOff(validators: readonly number[]): void {
    this.#isCut = (from, to) => validators.includes(from) !== validators.includes(to);
    for (const { from, to, sockets } of this.#links) {
      for (const socket of sockets) {
        if (this.#isCut(from, to)) socket.pause();
        else socket.resume();
      }
    }
  }

  close(): void {
    for (const { server, sockets } of this.#links) {
      server.close();
      for (const socket of sockets) socket.destroy();
    }
  }

  async #add(from: number, to: number, target: string): Promise<string> {
    const sockets = new Set<Socket>();
    const server = createServer({ pauseOnConnect: true }, (inner) => {
      const [host, port] = target.split(':') as [string, string];
      const outer = connect({ host, port: Number(port) });
      for (const [socket, other] of [
        [inner, outer],
        [outer, inner],
      ] as const) {
        sockets.add(socket);
        socket.on('data', (chunk) => {
          if (other.write(chunk)) return;
          socket.pause();
          other.once('drain', () => {
            if (!this.#isCut(from, to)) socket.resume();
          });
        });
        socket.on('error', () => {});
        socket.once('close', () => {
          sockets.delete(socket);
          other.destroy();
        });
        if (this.#isCut(from, to)) socket.pause();
        else socket.resume();
      }
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    this.#links.push({ from, to, server, sockets });
    const address = server.address();
    return `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }
}
