import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HeldLeases } from '#core/atomix/held-leases.ts';
import { LentRam } from '#core/atomix/lent-ram.ts';
import type { ChannelMessage } from '#core/atomix/message.ts';
import { amountOf, storedBalance } from '#core/ledger/balances.ts';
import { bookUse, bytesValue, leaseKey, lentBytes, readLent } from '#core/ledger/ram-lease.ts';
import { balanceKey, usedRamKey } from '#core/ledger/state-key.ts';
import { StateOverlay } from '#core/ledger/state-overlay.ts';

const OWNER = 'owner';
const RAM = 100_000n;
const RAM_KEY = balanceKey(OWNER, 'ram');
const HOLDERS = [1, 2] as const;

type Sent = { readonly to: number; readonly message: ChannelMessage };

/** The chain of the owner, which is 0, and some that want its RAM, with ordered links between them. */
class World {
  height = 1;
  isWanted = false;
  readonly links = new Map<string, ChannelMessage[]>();
  readonly owner = overlayOf(0);
  readonly holders = new Map(HOLDERS.map((chain) => [chain, overlayOf(chain)]));

  constructor() {
    this.owner.begin();
    this.owner.put(RAM_KEY, { kind: 'int', value: RAM, payer: 'ram.iost' });
    this.owner.commit();
  }

  lent(): LentRam {
    return new LentRam(this.owner, {
      height: this.height,
      isWanted: () => this.isWanted,
      send: (to, message) => this.send(0, { to, message }),
    });
  }

  held(chain: number): HeldLeases {
    return new HeldLeases(this.stateOf(chain), {
      height: this.height,
      chainOf: () => 0,
      send: (to, message) => this.send(chain, { to, message }),
    });
  }

  stateOf(chain: number): StateOverlay {
    return this.holders.get(chain as 1 | 2) as StateOverlay;
  }

  left(chain: number): bigint {
    return amountOf(this.stateOf(chain).getOwned(leaseKey(OWNER)));
  }

  /** A transaction of this chain pays, where there is enough; else it asks. */
  use(chain: number, bytes: bigint): void {
    const state = this.stateOf(chain);
    const left = this.left(chain) - bytes;
    if (left < 0n) {
      this.held(chain).ask(OWNER, Number(bytes));
      return;
    }
    state.begin();
    state.put(leaseKey(OWNER), bytesValue(left));
    state.commit();
    const credit = { kind: 'ramUse', account: OWNER, chain, bytes } as const;
    this.send(chain, { to: 0, message: { kind: 'credit', credit } });
    this.held(chain).onUse(OWNER);
  }

  send(from: number, { to, message }: Sent): void {
    const link = `${from}>${to}`;
    this.links.set(link, [...(this.links.get(link) ?? []), message]);
  }

  /** The first message of this link arrives. */
  deliver(from: number, to: number): ChannelMessage | undefined {
    const [message, ...rest] = this.links.get(`${from}>${to}`) ?? [];
    this.links.set(`${from}>${to}`, rest);
    if (message === undefined) return undefined;
    if (message.kind === 'borrow') this.lent().lend(OWNER, from, BigInt(message.bytes));
    if (message.kind === 'lease') this.held(to).onLease(OWNER, message.bytes);
    if (message.kind === 'recall') this.held(to).giveBack(OWNER);
    if (message.kind === 'return') this.lent().takeBack(OWNER, from, message.bytes);
    if (message.kind === 'credit' && message.credit.kind === 'ramUse') {
      this.owner.begin();
      bookUse(this.owner, OWNER, message.credit);
      this.owner.commit();
    }
    return message;
  }

  deliverAll(): void {
    for (let isBusy = true; isBusy; ) {
      const moved = HOLDERS.flatMap((chain) => [this.deliver(chain, 0), this.deliver(0, chain)]);
      isBusy = moved.some((message) => message !== undefined);
    }
  }

  /** Bytes that are lent to a chain, where they are. */
  whereabouts(chain: number): bigint {
    let sum = this.left(chain);
    for (const message of this.links.get(`0>${chain}`) ?? []) {
      if (message.kind === 'lease') sum += message.bytes;
    }
    for (const message of this.links.get(`${chain}>0`) ?? []) {
      if (message.kind === 'return') sum += message.bytes;
      if (message.kind === 'credit' && message.credit.kind === 'ramUse') {
        sum += message.credit.bytes;
      }
    }
    return sum;
  }

  check(): void {
    const balance = storedBalance(this.owner, OWNER, 'ram');
    const used = amountOf(this.owner.getOwned(usedRamKey(OWNER)));
    assert.ok(balance >= 0n);
    assert.equal(balance + used + lentBytes(this.owner, OWNER), RAM);
    const lent = readLent(this.owner, OWNER);
    for (const chain of HOLDERS) {
      assert.ok(this.left(chain) >= 0n);
      assert.equal(lent.get(chain) ?? 0n, this.whereabouts(chain));
    }
  }
}

function overlayOf(self: number): StateOverlay {
  return new StateOverlay({ get: () => undefined }, { self, chainOf: () => self });
}

const chain = fc.constantFrom(...HOLDERS);
const step = fc.oneof(
  fc.record({ kind: fc.constant('use' as const), chain, bytes: fc.integer({ min: 1, max: 9000 }) }),
  fc.record({ kind: fc.constant('there' as const), chain }),
  fc.record({ kind: fc.constant('back' as const), chain }),
  fc.record({ kind: fc.constant('recall' as const), chain }),
  fc.record({ kind: fc.constant('idle' as const), chain }),
);

test('whatever is asked for, used, called back and delivered when, no byte is lost or made', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const world = new World();
      for (const each of steps) {
        world.height += 1;
        world.lent().reopen();
        if (each.kind === 'use') world.use(each.chain, BigInt(each.bytes));
        if (each.kind === 'there') world.deliver(0, each.chain);
        if (each.kind === 'back') world.deliver(each.chain, 0);
        if (each.kind === 'recall') world.lent().recall(RAM_KEY);
        if (each.kind === 'idle') {
          world.height += 128 - (world.height % 128);
          world.held(each.chain).giveBackIdle();
        }
        world.check();
      }
      world.deliverAll();
      world.check();
      world.height += 100;
      world.lent().reopen();
      world.lent().recall(RAM_KEY);
      world.deliverAll();
      world.check();
      assert.equal(lentBytes(world.owner, OWNER), 0n, 'all of it comes back');
    }),
  );
});

test('a slice is a quarter of what is there, or what one transaction needs', () => {
  const world = new World();
  world.lent().lend(OWNER, 1, 100n);
  assert.equal(readLent(world.owner, OWNER).get(1), 25_000n);
  world.lent().lend(OWNER, 1, 40_000n);
  assert.equal(readLent(world.owner, OWNER).get(1), 65_000n);
  world.lent().lend(OWNER, 2, 40_000n);
  assert.equal(readLent(world.owner, OWNER).get(2), undefined, 'nothing where it is not enough');
  world.check();
});

test('one question at a time, and the next one ahead of need', () => {
  const world = new World();
  world.use(1, 100n);
  world.use(1, 200n);
  assert.equal(world.links.get('1>0')?.length, 1);
  world.deliverAll();
  assert.equal(world.left(1), 25_000n);
  world.use(1, 12_000n);
  assert.equal(world.links.get('1>0')?.length, 1, 'more than half is left');
  world.use(1, 1000n);
  assert.equal(world.links.get('1>0')?.at(-1)?.kind, 'borrow');
});

test('nothing is lent for a while after a recall, nor while somebody waits for all of it', () => {
  const world = new World();
  world.use(1, 100n);
  world.deliverAll();
  assert.equal(world.lent().recall(RAM_KEY), true);
  world.deliverAll();
  assert.equal(world.lent().recall(RAM_KEY), false, 'nothing is lent');
  assert.equal(world.lent().isLent(balanceKey(OWNER, 'iost')), false);
  world.use(2, 100n);
  world.deliverAll();
  assert.equal(lentBytes(world.owner, OWNER), 0n);
  world.height += 40;
  world.lent().reopen();
  world.isWanted = true;
  world.use(2, 100n);
  world.deliverAll();
  assert.equal(lentBytes(world.owner, OWNER), 0n);
  world.isWanted = false;
  world.use(2, 100n);
  world.deliverAll();
  assert.equal(world.left(2), 25_000n);
});

test('what is used comes home as used', () => {
  const world = new World();
  world.use(1, 100n);
  world.deliverAll();
  world.use(1, 300n);
  world.deliverAll();
  assert.equal(amountOf(world.owner.getOwned(usedRamKey(OWNER))), 300n);
  world.check();
});
