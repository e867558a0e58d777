import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bucketKey, RateLimiter } from '#io/rate-limiter.ts';

test('a burst of two seconds, then the rate', () => {
  const limiter = new RateLimiter(10);
  let granted = 0;
  for (let at = 0; at < 100; at++) if (limiter.take('a', 0)) granted += 1;
  assert.equal(granted, 20);
  granted = 0;
  for (let ms = 0; ms < 5000; ms += 10) if (limiter.take('a', ms)) granted += 1;
  assert.ok(granted >= 49 && granted <= 50, `${granted} in five seconds`);
  granted = 0;
  for (let at = 0; at < 100; at++) if (limiter.take('a', 3_600_000)) granted += 1;
  assert.equal(granted, 20, 'an hour of silence saves up no more');
});

test('addresses do not share, time that runs backwards earns nothing', () => {
  const limiter = new RateLimiter(1, 1);
  assert.ok(limiter.take('a', 10_000));
  assert.ok(limiter.take('b', 10_000));
  assert.equal(limiter.take('a', 0), false);
});

test('a request dearer than the bucket passes when the bucket is full', () => {
  const limiter = new RateLimiter(5, 10);
  assert.ok(limiter.take('a', 0, 100));
  assert.equal(limiter.take('a', 0, 100), false);
  assert.ok(limiter.take('a', 2000, 100));
});

test('the table of addresses is bounded', () => {
  const limiter = new RateLimiter(1, 1);
  assert.ok(limiter.take('first', 0));
  for (let at = 0; at < 20_000; at++) limiter.take(`10.0.${at >> 8}.${at & 255}`, 0);
  assert.ok(limiter.take('first', 0), 'the quietest address was forgotten');
});

test('an IPv6 network is one client, a mapped IPv4 address is itself', () => {
  assert.equal(bucketKey('::ffff:10.1.2.3'), '10.1.2.3');
  assert.equal(bucketKey('2001:db8:1:2:aaaa::1'), bucketKey('2001:db8:1:2:bbbb:c:d:e'));
  assert.notEqual(bucketKey('2001:db8:1:2::1'), bucketKey('2001:db8:1:3::1'));
  assert.equal(bucketKey('::1'), '0:0:0:0');
  assert.equal(bucketKey('2001:db8::1'), '2001:db8:0:0');
});
