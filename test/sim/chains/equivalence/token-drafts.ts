/** Tokens of both kinds: made, issued, moved, frozen, destroyed, asked about. */

import { call } from '../sim-client.ts';
import { type Draft, nftName, tokenName } from './draft.ts';
import type { KnownNft, KnownToken, WorldModel } from './world-model.ts';

type Draw = (world: WorldModel) => Draft | undefined;

const AMPLE_GAS = 400_000_00n;
const NS_PER_MS = 1_000_000;

function single(
  kind: string,
  publisher: string,
  touches: readonly string[],
  contract: string,
  abi: string,
  ...args: readonly unknown[]
): Draft {
  const transaction = { publisher, gasLimit: AMPLE_GAS, actions: [call(contract, abi, ...args)] };
  return { kind, transaction, touches: [publisher, ...touches] };
}

/** As `single` for a known token; nothing is drawn while there is none. */
function ofToken(draw: (world: WorldModel, token: KnownToken) => Draft): Draw {
  return (world) => {
    if (world.tokens.length === 0) return undefined;
    const token = world.pick(world.tokens);
    const draft = draw(world, token);
    return { ...draft, touches: [...draft.touches, tokenName(token.symbol)] };
  };
}

function ofNft(draw: (world: WorldModel, nft: KnownNft) => Draft): Draw {
  return (world) => {
    if (world.nfts.length === 0) return undefined;
    const nft = world.pick(world.nfts);
    const draft = draw(world, nft);
    return { ...draft, touches: [...draft.touches, nftName(nft.symbol)] };
  };
}

/** Somebody who should have some of it. */
const holder = (world: WorldModel, token: KnownToken): string =>
  token.holders.length === 0 ? token.issuer : world.pick(token.holders);

const CONFIGS = [
  {},
  { decimal: 0 },
  { decimal: 3, fullName: 'three' },
  { canTransfer: false },
  { onlyIssuerCanTransfer: true },
] as const;

const tokens: readonly Draw[] = [
  (world) => {
    const symbol = world.newName('tok');
    const issuer = world.rich();
    const config = world.pick(CONFIGS);
    const args = [symbol, issuer, 1_000_000, config];
    const touched = [tokenName(symbol)];
    const draft = single('token-create', issuer, touched, 'token.iost', 'create', ...args);
    const token = { symbol, issuer, holders: [], isIssuerOnly: 'onlyIssuerCanTransfer' in config };
    return { ...draft, learn: () => world.tokens.push(token) };
  },
  (world) => {
    const one = world.rich();
    const args = [world.pick(['UP', 'x', 'iost']), one, 10, {}];
    return single('token-create-refused', one, [], 'token.iost', 'create', ...args);
  },
  (world) => {
    const one = world.rich();
    const args = ['conf', one, 10, world.pick([{ decimal: 19 }, { fullName: 7 }])];
    return single('token-create-config', one, ['conf'], 'token.iost', 'create', ...args);
  },
  ofToken((world, { symbol, issuer, holders }) => {
    const to = world.rich();
    const args = [symbol, to, world.amount(500)];
    const draft = single('token-issue', issuer, [to], 'token.iost', 'issue', ...args);
    return { ...draft, learn: () => holders.push(to) };
  }),
  ofToken((_, { symbol, issuer }) =>
    single('token-issue-too-much', issuer, [], 'token.iost', 'issue', symbol, issuer, '1e9'),
  ),
  ofToken((_, { symbol, issuer }) =>
    single('token-issue-beyond', issuer, [], 'token.iost', 'issue', symbol, issuer, '9000000'),
  ),
  ofToken((world, { symbol, issuer }) =>
    single('token-issue-nobody', issuer, [], 'token.iost', 'issue', symbol, world.nobody(), '5'),
  ),
  ofToken((world, token) => {
    const from = token.issuer;
    const to = world.random.chance(100) ? from : world.rich();
    const args = [token.symbol, from, to, world.amount(20), 'by the issuer'];
    const draft = single('token-transfer-issuer', from, [to], 'token.iost', 'transfer', ...args);
    return { ...draft, learn: () => token.holders.push(to) };
  }),
  ofToken((world, token) => {
    const from = holder(world, token);
    const args = [token.symbol, from, world.amount(3)];
    return single('token-destroy', from, [], 'token.iost', 'destroy', ...args);
  }),
  ofToken((world, { symbol }) =>
    single(
      'token-supply',
      world.rich(),
      [],
      'token.iost',
      world.pick(['supply', 'totalSupply']),
      symbol,
    ),
  ),
  ofToken((world, token) => {
    const asked = holder(world, token);
    const asker = world.rich();
    return single('token-balance', asker, [asked], 'token.iost', 'balanceOf', token.symbol, asked);
  }),
  (world) => single('token-unknown', world.rich(), [], 'token.iost', 'supply', 'nosuch'),
];

/** Between the rounds, so that no run sees it come early or late. */
const freezes = (roundStartMs: (ahead: number) => number): readonly Draw[] => [
  (world) => {
    const [from, to] = world.two();
    const until = (roundStartMs(world.random.below(4)) + 4000) * NS_PER_MS;
    const args = ['iost', from, to, world.amount(30), until, ''];
    return single('freeze', from, [to], 'token.iost', 'transferFreeze', ...args);
  },
  (world) => {
    const one = world.rich();
    const until = (roundStartMs(1) + 4000) * NS_PER_MS;
    const args = ['iost', one, one, world.amount(30), until, ''];
    return single('freeze-own', one, [], 'token.iost', 'transferFreeze', ...args);
  },
  (world) => {
    const one = world.rich();
    const args = ['iost', one, one, '99999999', 1, ''];
    return single('freeze-too-much', one, [], 'token.iost', 'transferFreeze', ...args);
  },
  ofToken((world, token) => {
    const from = token.issuer;
    const to = world.rich();
    const until = (roundStartMs(world.random.below(3)) + 4000) * NS_PER_MS;
    const args = [token.symbol, from, to, '2', until, ''];
    return single('freeze-token', from, [to], 'token.iost', 'transferFreeze', ...args);
  }),
];

const nfts: readonly Draw[] = [
  (world) => {
    const symbol = world.newName('nft');
    const issuer = world.rich();
    const args = [symbol, issuer, world.pick([1, 5, 100])];
    const touched = [nftName(symbol)];
    const draft = single('nft-create', issuer, touched, 'token721.iost', 'create', ...args);
    return { ...draft, learn: () => world.nfts.push({ symbol, issuer, owners: [] }) };
  },
  ofNft((world, { symbol, issuer, owners }) => {
    const to = world.rich();
    const args = [symbol, to, `{"n":${owners.length}}`];
    const draft = single('nft-issue', issuer, [to], 'token721.iost', 'issue', ...args);
    return { ...draft, learn: () => owners.push(to) };
  }),
  ofNft((world, { symbol, owners }) => {
    const id = world.random.below(owners.length + 1);
    const from = owners[id] ?? world.rich();
    const to = world.rich();
    const args = [symbol, from, to, String(id)];
    const draft = single('nft-transfer', from, [to], 'token721.iost', 'transfer', ...args);
    return { ...draft, learn: () => id < owners.length && owners.splice(id, 1, to) };
  }),
  ofNft((world, { symbol, owners }) => {
    const id = String(world.random.below(owners.length + 1));
    const abi = world.pick(['ownerOf', 'tokenMetadata']);
    return single('nft-ask', world.rich(), [], 'token721.iost', abi, symbol, id);
  }),
  ofNft((world, { symbol, issuer }) => {
    const [asker, other] = world.two();
    const asked = world.pick([issuer, other]);
    const args = [symbol, asked];
    return single('nft-balance', asker, [asked], 'token721.iost', 'balanceOf', ...args);
  }),
  ofNft((world, { symbol, owners, issuer }) => {
    const owner = owners[0] ?? issuer;
    const args = [symbol, owner, world.random.below(3)];
    const asker = world.rich();
    return single('nft-by-index', asker, [owner], 'token721.iost', 'tokenOfOwnerByIndex', ...args);
  }),
];

export function tokenDraws(roundStartMs: (ahead: number) => number): readonly Draw[] {
  return [...tokens, ...freezes(roundStartMs), ...nfts];
}
