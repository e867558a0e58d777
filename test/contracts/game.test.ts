import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limit, Stage } from './stage.ts';

const STAKE = limit('iost:5');

function newGame(): Stage {
  const stage = new Stage('game.js');
  assert.equal(stage.call('user_1', 'create', ['user_1'], STAKE), '1');
  return stage;
}

/** With both players, user_1 to move. */
function openGame(): Stage {
  const stage = newGame();
  stage.call('user_2', 'join', ['1', 'user_2'], STAKE);
  return stage;
}

/** Plays the cells in turn and answers what the last move came to. */
function play(stage: Stage, cells: readonly number[]): string {
  const results = cells.map((cell, turn) => {
    const player = turn % 2 === 0 ? 'user_1' : 'user_2';
    return stage.call(player, 'move', ['1', player, cell]);
  });
  return results.at(-1) ?? '';
}

test('game: three in a row win both stakes', () => {
  const stage = openGame();
  assert.equal(stage.balance('user_1'), 995);
  assert.equal(stage.balance(stage.id), 10);
  assert.equal(play(stage, [0, 4, 1, 5]), 'open');
  assert.equal(stage.call('user_1', 'move', ['1', 'user_1', 2]), 'user_1');
  assert.equal(stage.balance('user_1'), 1005);
  assert.equal(stage.balance('user_2'), 995);
  assert.equal(stage.balance(stage.id), 0);
  assert.match(stage.refusal('user_2', 'move', ['1', 'user_2', 8]), /there is no game 1/);
});

test('game: a draw gives the stakes back', () => {
  const stage = openGame();
  assert.equal(play(stage, [0, 1, 2, 4, 3, 5, 7, 6, 8]), 'draw');
  assert.equal(stage.balance('user_1'), 1000);
  assert.equal(stage.balance('user_2'), 1000);
});

test('game: moves out of turn, on taken cells, by others are refused', () => {
  const stage = newGame();
  assert.match(stage.refusal('user_1', 'move', ['1', 'user_1', 0]), /no second player/);
  assert.match(stage.refusal('user_1', 'join', ['1', 'user_1'], STAKE), /not open to user_1/);
  assert.match(
    stage.refusal('user_2', 'join', ['1', 'user_2'], limit('iost:4')),
    /exceed amountLimit in tx\. need 5/,
  );
  stage.call('user_2', 'join', ['1', 'user_2'], STAKE);
  assert.match(stage.refusal('user_3', 'join', ['1', 'user_3'], STAKE), /not open to user_3/);
  assert.match(stage.refusal('user_2', 'move', ['1', 'user_2', 0]), /turn of user_1/);
  assert.match(stage.refusal('user_2', 'move', ['1', 'user_1', 0]), /turn of user_1/);
  stage.call('user_1', 'move', ['1', 'user_1', 4]);
  assert.match(stage.refusal('user_2', 'move', ['1', 'user_2', 4]), /cell 4 is not free/);
  assert.match(stage.refusal('user_2', 'move', ['1', 'user_2', 9]), /cells are 0 to 8/);
});

test('game: who is silent for 100 blocks has lost; without a second player the stake goes back', () => {
  const stage = openGame();
  play(stage, [0]);
  assert.match(stage.refusal('user_1', 'claim', ['1', 'user_1']), /has time until block/);
  stage.ledger.number += 100;
  assert.match(stage.refusal('user_2', 'claim', ['1', 'user_2']), /only user_1 can claim/);
  assert.equal(stage.call('user_1', 'claim', ['1', 'user_1']), 'user_1');
  assert.equal(stage.balance('user_1'), 1005);
  const lonely = newGame();
  lonely.ledger.number += 100;
  lonely.call('user_3', 'claim', ['1', 'user_3']);
  assert.equal(lonely.balance('user_1'), 1000);
});
