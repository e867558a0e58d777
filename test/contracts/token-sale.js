/**
 * Sells a token for IOST at a fixed price.
 *
 * Whoever published the contract owns the sale: it stocks the contract with tokens, opens the sale,
 * and takes what it has earned. Anybody buys, up to a limit per buyer.
 */
class TokenSale {
  init() {
    storage.put('state', 'new');
  }

  /**
   * Offers a token.
   *
   * @param {string} symbol token for sale
   * @param {string} price IOST for one token, with at most 8 decimals
   * @param {string} perBuyer most tokens that one account may buy
   */
  open(symbol, price, perBuyer) {
    this._requireOwner();
    this._require(storage.get('state') === 'new', 'the sale was opened before');
    this._require(new Float64(price).gt(0), 'the price has to be more than 0');
    this._require(new Float64(perBuyer).gt(0), 'the limit has to be more than 0');
    storage.put('sale', JSON.stringify({ symbol, price, perBuyer }));
    storage.put('sold', '0');
    storage.put('state', 'open');
  }

  /**
   * Puts tokens of the owner on sale. How many is for the owner to say, in the transaction.
   *
   * @param {string} amount
   * @amountLimit * unlimited
   */
  stock(amount) {
    const owner = this._requireOwner();
    const sale = this._sale();
    this._send(sale.symbol, owner, blockchain.contractName(), amount, 'stock');
  }

  /**
   * Buys tokens; the buyer pays in IOST.
   *
   * @param {string} buyer account that pays and gets the tokens
   * @param {string} amount tokens to buy
   * @amountLimit iost unlimited
   */
  buy(buyer, amount) {
    this._require(blockchain.requireAuth(buyer, 'active'), `${buyer} has not signed`);
    const sale = this._sale();
    const tokens = new Float64(amount);
    this._require(tokens.gt(0), 'the amount has to be more than 0');
    const bought = new Float64(storage.mapGet('bought', buyer) || '0').plus(tokens);
    this._require(bought.lte(sale.perBuyer), `${buyer} may buy ${sale.perBuyer} in all`);

    const cost = tokens.multi(sale.price).toFixed(8);
    this._require(new Float64(cost).gt(0), 'that few cost nothing');
    blockchain.deposit(buyer, cost, `${amount} ${sale.symbol}`);
    this._send(sale.symbol, blockchain.contractName(), buyer, amount, 'bought');
    storage.mapPut('bought', buyer, bought.toString(), buyer);
    storage.put('sold', new Float64(storage.get('sold') || '0').plus(tokens).toString());
    blockchain.event(JSON.stringify({ buyer, amount, cost }));
    console.log('%s buys %s for %s iost', buyer, amount, cost);
  }

  /** Ends the sale and pays the owner: all IOST that the contract has, and the tokens left. */
  close() {
    const owner = this._requireOwner();
    const sale = this._sale();
    storage.put('state', 'closed');
    for (const symbol of ['iost', sale.symbol]) {
      const left = this._balance(symbol);
      if (left.gt(0)) {
        this._send(symbol, blockchain.contractName(), owner, left.toString(), 'end of the sale');
      }
    }
    blockchain.receipt(JSON.stringify({ sold: storage.get('sold') }));
  }

  /** Tokens that one may still buy. */
  available() {
    return this._balance(this._sale().symbol).toString();
  }

  /** @param {string} _data nothing is asked of it */
  can_update(_data) {
    return blockchain.requireAuth(blockchain.contractOwner(), 'active');
  }

  _sale() {
    this._require(storage.get('state') === 'open', 'there is no open sale');
    return JSON.parse(storage.get('sale') || '');
  }

  /** @param {string} symbol */
  _balance(symbol) {
    const answer = blockchain.call('token.iost', 'balanceOf', [symbol, blockchain.contractName()]);
    return new Float64(answer[0]);
  }

  /**
   * @param {string} symbol
   * @param {string} from
   * @param {string} to
   * @param {string} amount
   * @param {string} memo
   */
  _send(symbol, from, to, amount, memo) {
    blockchain.callWithAuth('token.iost', 'transfer', [symbol, from, to, amount, memo]);
  }

  _requireOwner() {
    const owner = blockchain.contractOwner();
    this._require(blockchain.requireAuth(owner, 'active'), `only ${owner} may do this`);
    return owner;
  }

  /**
   * @param {boolean} condition
   * @param {string} message
   */
  _require(condition, message) {
    if (!condition) {
      throw new Error(message);
    }
  }
}

module.exports = TokenSale;
