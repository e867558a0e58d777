import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BoundedCache } from '#core/bounded-cache.ts';

test('never holds more than two generations, and keeps what is asked for', () => {
  const cache = new BoundedCache<number, number>(4);
  cache.set(-1, 1);
  for (let key = 0; key < 100; key++) {
    cache.set(key, key);
    assert.ok(cache.size <= 8, `size ${cache.size}`);
    assert.equal(cache.get(-1), 1);
    assert.equal(cache.get(key), key);
  }
  assert.equal(cache.get(0), undefined);
});

test('a later value replaces the earlier one in both generations', () => {
  const cache = new BoundedCache<string, number>(2);
  cache.set('a', 1);
  cache.set('b', 2);
  cache.set('c', 3); // a and b are now the old generation
  cache.set('a', 4);
  assert.equal(cache.get('a'), 4);
  assert.equal(cache.get('b'), 2);
});
