/**
 * Gas of the system contracts that the reference wrote in JavaScript and this node has natively
 * (auth.iost, ram.iost, exchange.iost, and those of governance). The reference meters their source; that source is not part of
 * this node, so its share is a constant. What a call costs is therefore
 *
 *   30000            the frame of a JavaScript contract (spec go-iost §5.10), charged by the host
 *   METHOD_GAS       loading the contract and running one method
 *   1 per character  of an account record or other JSON that is parsed or written
 *   the host's price of every storage operation, authority check and nested call it makes
 *
 * The last are made alike wherever the state lies, so the sum does not depend on the shard count.
 */

/** About what the instrumented source of these contracts comes to: 230 to load, 200 to 600 to run. */
export const METHOD_GAS = 600;
