/**
 * Polls with one vote per account. A vote may be changed until the poll is over; then anybody has it
 * counted.
 */
class Voting {
  init() {}

  /**
   * @param {string} author account that pays for storing the poll
   * @param {string} id name of the poll
   * @param {string} question
   * @param {json} options list of 2 to 10 texts
   * @param {number} endsAtBlock last block in which one may vote
   */
  propose(author, id, question, options, endsAtBlock) {
    this._requireSigned(author);
    if (storage.mapHas('polls', id)) {
      throw new Error(`poll ${id} exists`);
    }
    if (!Array.isArray(options) || options.length < 2 || options.length > 10) {
      throw new Error('a poll has 2 to 10 options');
    }
    if (!options.every(isText)) {
      throw new Error('options are texts of 1 to 64 characters');
    }
    if (endsAtBlock <= block.number) {
      throw new Error('the poll would be over already');
    }
    const poll = { author, question, options, endsAtBlock };
    storage.mapPut('polls', id, JSON.stringify(poll), author);
    blockchain.event(JSON.stringify({ id, question }));
  }

  /**
   * @param {string} voter
   * @param {string} id
   * @param {number} option position in the list of options, from 0
   */
  vote(voter, id, option) {
    this._requireSigned(voter);
    const poll = this._poll(id);
    if (block.number > poll.endsAtBlock) {
      throw new Error(`poll ${id} is over`);
    }
    if (!(option >= 0 && option < poll.options.length)) {
      throw new Error(`poll ${id} has no option ${option}`);
    }
    const votes = `votes ${id}`;
    const before = storage.mapGet(votes, voter);
    if (before !== null) {
      this._add(id, before, -1);
    }
    this._add(id, option.toString(), 1);
    storage.mapPut(votes, voter, option.toString(), voter);
  }

  /**
   * The winner, once the poll is over; the first of several with as many votes.
   *
   * @param {string} id
   */
  result(id) {
    const poll = this._poll(id);
    if (block.number <= poll.endsAtBlock) {
      throw new Error(`poll ${id} is open until block ${poll.endsAtBlock}`);
    }
    const tally = [];
    for (let option = 0; option < poll.options.length; option++) {
      tally.push(votesFor(id, option.toString()));
    }
    const most = Math.max(...tally);
    const winner = poll.options[tally.indexOf(most)];
    blockchain.receipt(JSON.stringify({ id, winner, votes: most }));
    return { winner, tally };
  }

  /** @param {string} id */
  _poll(id) {
    const text = storage.mapGet('polls', id);
    if (text === null) {
      throw new Error(`there is no poll ${id}`);
    }
    return JSON.parse(text);
  }

  /**
   * @param {string} id
   * @param {string} option
   * @param {number} votes
   */
  _add(id, option, votes) {
    // Whoever votes would have to sign for another payer, so the contract pays for the counts.
    storage.mapPut(`tally ${id}`, option, (votesFor(id, option) + votes).toString());
  }

  /** @param {string} account */
  _requireSigned(account) {
    if (!blockchain.requireAuth(account, 'active')) {
      throw new Error(`${account} has not signed`);
    }
  }
}

/**
 * @param {string} id
 * @param {string} option
 */
function votesFor(id, option) {
  return Number(storage.mapGet(`tally ${id}`, option) || '0');
}

/** @param {unknown} value */
function isText(value) {
  return typeof value === 'string' && value.length > 0 && value.length <= 64;
}

module.exports = Voting;
