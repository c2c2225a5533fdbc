import test from 'node:test';
import assert from 'node:assert/strict';
import { bytes, clock, cosine, hash, many, sequence } from '../../Sources/ColdwaveServer/Resources/web/js/format.js';
import { because } from '../../Sources/ColdwaveServer/Resources/web/js/parts/because.js';

test('times and counts read as people write them', () => {
  assert.equal(clock(0), '0:00');
  assert.equal(clock(125.9), '2:05');
  assert.equal(clock(3725), '1:02:05');
  assert.equal(clock(NaN), '–:––');
  assert.equal(many(1, 'song'), '1 song');
  assert.equal(many(12345, 'song'), '12,345 songs');
  assert.equal(bytes(999), '999 B');
  assert.equal(bytes(255571640), '256 MB');
});

test('cosine of a vector with itself, its opposite, and nothing', () => {
  assert.ok(Math.abs(cosine([1, 2, 3], [2, 4, 6]) - 1) < 1e-12);
  assert.ok(Math.abs(cosine([1, 0], [-1, 0]) + 1) < 1e-12);
  assert.equal(cosine([0, 0], [1, 1]), 0);
});

test('pictures stay the same, and differ between songs', () => {
  assert.equal(hash('Delordra'), hash('Delordra'));
  assert.ok(new Set(Array.from({ length: 200 }, (_, index) => hash(`album ${index}`) % 12)).size === 12);
  const [a, b] = [sequence(7), sequence(7)];
  for (let turn = 0; turn < 20; turn += 1) {
    const value = a();
    assert.equal(value, b());
    assert.ok(value >= 0 && value < 1);
  }
});

test('reasons are told shortly', () => {
  assert.equal(because({ because: ['you play A - B (17 %)', 'you play C - D (12 %)', 'from plays by 188 listeners and its sound'] }), 'Because you play A – B and C – D');
  assert.equal(because({ because: ['cosine 0.932; new: placed by its sound alone'] }), 'likeness 0.93; new: placed by its sound alone');
  assert.equal(because({}), '');
});
