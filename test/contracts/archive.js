/**
 * Keeps many records: written in batches, read by pages, deleted for the RAM they took. The list of a
 * map ends at some 257 names, so the archive numbers its records itself, and fills the gap that a
 * deleted record leaves with the last one.
 */
const BATCH_MAX = 50;
const PAGE_MAX = 100;

class Archive {
  init() {
    storage.put('count', '0');
  }

  /**
   * Adds records, or replaces those with the same name. The writer pays for their RAM.
   *
   * @param {string} writer
   * @param {json} records at most 50 of `{name, text}`
   * @returns how many records there are
   */
  put(writer, records) {
    if (!blockchain.requireAuth(writer, 'active')) {
      throw new Error(`${writer} has not signed`);
    }
    if (!Array.isArray(records) || records.length > BATCH_MAX) {
      throw new Error(`a batch is a list of at most ${BATCH_MAX} records`);
    }
    let count = this._count();
    for (const record of records) {
      const owner = storage.mapGet('owners', record.name);
      if (owner === null) {
        this._place(record.name, count);
        storage.mapPut('owners', record.name, writer, writer);
        count += 1;
      } else if (owner !== writer) {
        throw new Error(`${record.name} belongs to ${owner}`);
      }
      storage.mapPut('texts', record.name, record.text, writer);
    }
    storage.put('count', count.toString());
    return count;
  }

  /**
   * Deletes records of the writer.
   *
   * @param {string} writer
   * @param {json} names at most 50
   * @returns how many records are left
   */
  remove(writer, names) {
    if (!blockchain.requireAuth(writer, 'active')) {
      throw new Error(`${writer} has not signed`);
    }
    if (!Array.isArray(names) || names.length > BATCH_MAX) {
      throw new Error(`a batch is a list of at most ${BATCH_MAX} names`);
    }
    let count = this._count();
    for (const name of names) {
      if (storage.mapGet('owners', name) !== writer) {
        throw new Error(`${name} is no record of ${writer}`);
      }
      count -= 1;
      this._fillGap(name, count);
      storage.mapDel('owners', name);
      storage.mapDel('texts', name);
    }
    storage.put('count', count.toString());
    return count;
  }

  /** @param {string} name */
  read(name) {
    return storage.mapGet('texts', name);
  }

  /**
   * Names of records, in no order that one could rely on.
   *
   * @param {number} from position of the first
   * @param {number} limit at most 100
   */
  page(from, limit) {
    if (from < 0 || limit < 1 || limit > PAGE_MAX) {
      throw new Error(`a page begins at 0 or later and has 1 to ${PAGE_MAX} names`);
    }
    const end = Math.min(from + limit, this._count());
    const names = [];
    for (let at = from; at < end; at++) {
      names.push(storage.get(`at ${at}`));
    }
    return names;
  }

  _count() {
    return Number(storage.get('count'));
  }

  /**
   * @param {string} name
   * @param {number} at
   */
  _place(name, at) {
    // Places pass from one record to another, whoever wrote them: so the contract pays for them.
    storage.put(`at ${at}`, name);
    storage.mapPut('places', name, at.toString());
  }

  /**
   * The record at `last` takes the place of `name`.
   *
   * @param {string} name
   * @param {number} last
   */
  _fillGap(name, last) {
    const at = Number(storage.mapGet('places', name));
    const moved = storage.get(`at ${last}`);
    if (moved !== null && moved !== name) {
      this._place(moved, at);
    }
    storage.del(`at ${last}`);
    storage.mapDel('places', name);
  }
}

module.exports = Archive;
