/**
 * Holds IOST between a buyer and a seller until the buyer is content, an arbiter has decided, or the
 * time is over.
 */
const NANOSECONDS = 1e9;

class Escrow {
  init() {
    storage.put('count', '0');
  }

  /**
   * The buyer pays into a new deal. How much is for the buyer to say, in the transaction.
   *
   * @param {string} buyer account that pays
   * @param {string} seller account that is to be paid
   * @param {string} arbiter account that decides where the two do not agree
   * @param {string} amount IOST
   * @param {number} seconds time after which the buyer may take it back
   * @returns number of the deal
   * @amountLimit iost unlimited
   */
  open(buyer, seller, arbiter, amount, seconds) {
    check(seconds > 0, 'the deal needs some time');
    check(
      buyer !== seller && arbiter !== buyer && arbiter !== seller,
      'buyer, seller and arbiter have to be three accounts',
    );
    check(new Float64(amount).gt(0), 'the amount has to be more than 0');
    blockchain.deposit(buyer, amount, 'escrow');
    const id = new Int64(storage.get('count') || '0').plus(1).toString();
    const deadline = Math.floor(block.time / NANOSECONDS) + seconds;
    storage.put('count', id);
    const deal = { buyer, seller, arbiter, amount, deadline };
    storage.mapPut('deals', id, JSON.stringify(deal), buyer);
    blockchain.receipt(JSON.stringify({ id, buyer, seller, amount }));
    return id;
  }

  /**
   * Pays the seller. The buyer may, and the arbiter.
   *
   * @param {string} id
   */
  release(id) {
    const deal = this._deal(id);
    check(signed(deal.buyer) || signed(deal.arbiter), 'buyer or arbiter have to sign');
    this._end(id, deal, deal.seller);
  }

  /**
   * Pays the buyer back. The seller may, the arbiter, and after the deadline the buyer.
   *
   * @param {string} id
   */
  refund(id) {
    const deal = this._deal(id);
    const isOver = Math.floor(block.time / NANOSECONDS) >= deal.deadline;
    check(
      signed(deal.seller) || signed(deal.arbiter) || (isOver && signed(deal.buyer)),
      'seller or arbiter have to sign, or the buyer after the deadline',
    );
    this._end(id, deal, deal.buyer);
  }

  /**
   * @param {string} id
   * @param {json} deal
   * @param {string} winner
   */
  _end(id, deal, winner) {
    // First the deal is gone, then money moves: no call can find it twice.
    storage.mapDel('deals', id);
    blockchain.withdraw(winner, deal.amount, `escrow ${id}`);
    blockchain.receipt(JSON.stringify({ id, paid: winner, amount: deal.amount }));
  }

  /** @param {string} id */
  _deal(id) {
    const text = storage.mapGet('deals', id);
    if (text === null) {
      throw new Error(`there is no deal ${id}`);
    }
    return JSON.parse(text);
  }
}

/** @param {string} account */
function signed(account) {
  return blockchain.requireAuth(account, 'active');
}

/**
 * @param {boolean} condition
 * @param {string} message
 */
function check(condition, message) {
  if (!condition) {
    throw new Error(message);
  }
}

module.exports = Escrow;
