/**
 * Noughts and crosses for a stake of 5 IOST each. The winner takes both, a draw gives them back, and
 * who does not move for 100 blocks has lost.
 */
const STAKE = '5';
const POT = '10';
const PATIENCE = 100;
const LINES = [
  [0, 1, 2],
  [3, 4, 5],
  [6, 7, 8],
  [0, 3, 6],
  [1, 4, 7],
  [2, 5, 8],
  [0, 4, 8],
  [2, 4, 6],
];

class Board {
  /** @param {string} cells nine of `.`, `x` and `o` */
  constructor(cells) {
    this.cells = cells;
  }

  /**
   * @param {number} cell
   * @param {string} mark
   */
  put(cell, mark) {
    if (this.cells[cell] !== '.') {
      throw new Error(`cell ${cell} is not free`);
    }
    return new Board(this.cells.slice(0, cell) + mark + this.cells.slice(cell + 1));
  }

  /** @param {string} mark */
  hasLine(mark) {
    const cells = this.cells;
    for (const line of LINES) {
      if (line.every((cell) => cells[cell] === mark)) {
        return true;
      }
    }
    return false;
  }

  isFull() {
    return !this.cells.includes('.');
  }
}

class Game {
  init() {
    storage.put('count', '0');
  }

  /**
   * Opens a game; the player plays x and moves first.
   *
   * @param {string} player
   * @returns number of the game
   */
  create(player) {
    this._takeStake(player);
    const id = new Int64(storage.get('count') || '0').plus(1).toString();
    storage.put('count', id);
    this._save(id, { x: player, o: '', next: 'x', cells: '.........', block: block.number });
    return id;
  }

  /**
   * @param {string} id
   * @param {string} player
   */
  join(id, player) {
    const game = this._game(id);
    if (game.o !== '' || game.x === player) {
      throw new Error(`game ${id} is not open to ${player}`);
    }
    this._takeStake(player);
    game.o = player;
    game.block = block.number;
    this._save(id, game);
  }

  /**
   * @param {string} id
   * @param {string} player
   * @param {number} cell 0 to 8, by rows
   * @returns what the game is after the move: `open`, `draw`, or the winner
   */
  move(id, player, cell) {
    const game = this._game(id);
    const mark = game.next;
    if (game.o === '') {
      throw new Error(`game ${id} has no second player`);
    }
    if (game[mark] !== player || !blockchain.requireAuth(player, 'active')) {
      throw new Error(`it is the turn of ${game[mark]}`);
    }
    if (!(cell >= 0 && cell <= 8)) {
      throw new Error('cells are 0 to 8');
    }
    const board = new Board(game.cells).put(cell, mark);
    if (board.hasLine(mark)) {
      return this._win(id, player);
    }
    if (board.isFull()) {
      storage.mapDel('games', id);
      blockchain.withdraw(game.x, STAKE, `draw of game ${id}`);
      blockchain.withdraw(game.o, STAKE, `draw of game ${id}`);
      return 'draw';
    }
    game.cells = board.cells;
    game.next = mark === 'x' ? 'o' : 'x';
    game.block = block.number;
    this._save(id, game);
    return 'open';
  }

  /**
   * Ends a game whose next player has been silent for too long.
   *
   * @param {string} id
   * @param {string} player who claims it
   */
  claim(id, player) {
    const game = this._game(id);
    const waiting = game.next === 'x' ? game.o : game.x;
    if (block.number - game.block < PATIENCE) {
      throw new Error(`the other one has time until block ${game.block + PATIENCE}`);
    }
    // Nobody has joined: the stake goes back.
    if (game.o === '') {
      storage.mapDel('games', id);
      blockchain.withdraw(game.x, STAKE, `nobody joined game ${id}`);
      return game.x;
    }
    if (waiting !== player) {
      throw new Error(`only ${waiting} can claim this`);
    }
    return this._win(id, player);
  }

  /**
   * @param {string} id
   * @param {string} player
   */
  _win(id, player) {
    storage.mapDel('games', id);
    blockchain.withdraw(player, POT, `won game ${id}`);
    blockchain.receipt(JSON.stringify({ id, winner: player }));
    return player;
  }

  /** @param {string} player */
  _takeStake(player) {
    blockchain.deposit(player, STAKE, 'stake');
  }

  /** @param {string} id */
  _game(id) {
    const text = storage.mapGet('games', id);
    if (text === null) {
      throw new Error(`there is no game ${id}`);
    }
    return JSON.parse(text);
  }

  /**
   * @param {string} id
   * @param {json} game
   */
  _save(id, game) {
    // Both players change it, and a payer has to sign for what it adds: so the contract pays.
    storage.mapPut('games', id, JSON.stringify(game));
  }
}

module.exports = Game;
