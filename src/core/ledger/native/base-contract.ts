/**
 * base.iost: what the root chain does first in every block (spec go-iost §6.9). It counts who makes
 * blocks, lets the votes be counted every 1200 blocks and IOST be issued every 172800, and sees to it
 * that the maker of the block before earns its contribution.
 */

import type { Host } from '../host.ts';
import type { ContributionNews } from './bonus-contract.ts';
import { type Fields, getFields, getJson, putJson } from './json-storage.ts';
import { defineContract, type NativeAbi, type ReturnValues } from './native-contract.ts';
import { adminAbis } from './system-admin.ts';

export const BASE_CONTRACT = 'base.iost';
/** Blocks between two counts of the votes. */
export const STAT_INTERVAL = 1200;
const ISSUE_INTERVAL = 172_800;
const EXECUTED = 'execBlockNumber';
const CURRENT_BLOCK = 'current_block_info';
export const PRODUCED = 'witness_produced';
const NOTHING: ReturnValues = [''];
const DONE: ReturnValues = ['true'];

type BlockInfo = { readonly witness: string };

/**
 * Everybody may call it, and whoever does comes too late: the block itself was first. The argument
 * names the maker of the block before, which the last run has noted anyway.
 */
const exec: NativeAbi = {
  name: 'exec',
  args: ['json'],
  home: 'root',
  amountLimit: [],
  run(host) {
    if (host.publisher !== BASE_CONTRACT) return DONE;
    const number = host.block.number;
    const last = getJson<number>(host, EXECUTED) ?? 0;
    if (number === last) return DONE;
    const parent = getJson<BlockInfo>(host, CURRENT_BLOCK)?.witness ?? '';
    putJson(host, EXECUTED, number);
    noteBlock(host);
    const isCounted = isDue(last, number, STAT_INTERVAL);
    if (isCounted) {
      host.call('vote_producer.iost', 'stat', [], true);
      host.del(PRODUCED);
    }
    if (isDue(last, number, ISSUE_INTERVAL)) host.call('issue.iost', 'issueIOST', [], true);
    const news: ContributionNews = { parent: [parent], blocks: number - last, issue: isCounted };
    host.call('bonus.iost', 'issueContribute', [JSON.stringify(news)], true);
    return NOTHING;
  },
};

function noteBlock(host: Host): void {
  const { number, witness, time } = host.block;
  putJson(host, CURRENT_BLOCK, { number, witness, time: Number(time) });
  const produced: Fields<number> = getFields<number>(host, PRODUCED);
  produced[witness] = (produced[witness] ?? 0) + 1;
  putJson(host, PRODUCED, produced);
}

/** Whether a multiple of the interval has been reached, also where its own block had to leave it out. */
function isDue(last: number, number: number, interval: number): boolean {
  return Math.floor(number / interval) > Math.floor(last / interval);
}

export const baseContract = defineContract(
  BASE_CONTRACT,
  '1.0.0',
  'javascript',
  [...adminAbis({ keptAs: 'json' }), exec],
  (host) => putJson(host, EXECUTED, 0),
);
