import test from 'node:test';
import assert from 'node:assert/strict';
import { Heard, Untold } from '../../Sources/ColdwaveServer/Resources/web/js/heard.js';

/** Plays from `from` to `to` seconds, told four times a second; returns the place at which it counted. */
function play(heard, from, to, { clock = 1000, rate = 1 } = {}) {
  let counted = null;
  for (let place = from; place <= to; place += 0.25 * rate) {
    if (heard.at(place, clock, rate)) counted ??= place;
    clock += 0.25;
  }
  return counted;
}

test('half of a song counts, once', () => {
  const heard = new Heard(180);
  assert.equal(play(heard, 0, 89), null);
  assert.equal(play(heard, 89, 180, { clock: 2000 }), 90);
  assert.equal(play(heard, 0, 180, { clock: 3000 }), null);
});

test('of a long song four minutes count', () => {
  assert.equal(play(new Heard(3600), 0, 600), 240);
});

test('what is sought past was not heard', () => {
  const heard = new Heard(200);
  assert.equal(play(heard, 0, 60), null);
  // At once, and after a pause.
  assert.equal(play(heard, 100, 110, { clock: 1060.25 }), null);
  heard.interrupt();
  assert.equal(play(heard, 180, 199, { clock: 1300 }), null);
  heard.interrupt();
  // Going back and hearing it does count.
  assert.equal(play(heard, 60, 100, { clock: 1400 }), 71);
});

test('faster playing is still hearing', () => {
  assert.equal(play(new Heard(100), 0, 100, { rate: 2 }), 50);
});

test('a song of unknown length never counts by itself', () => {
  assert.equal(play(new Heard(0), 0, 100), null);
  assert.equal(play(new Heard(NaN), 0, 100), null);
});

function store(values = {}) {
  return {
    getItem: (key) => values[key] ?? null,
    setItem: (key, value) => (values[key] = value),
    removeItem: (key) => delete values[key],
  };
}

test('what could not be told waits, in order, and what is refused is dropped', async () => {
  const untold = new Untold(store());
  for (const track of [1, 2, 3]) untold.add({ track });
  let isReachable = false;
  const told = [];
  const tell = async ({ track }) => {
    if (!isReachable) throw { status: 0 };
    if (track === 2) throw { status: 404 };
    told.push(track);
  };
  await untold.send(tell, (error) => error.status === 0);
  assert.deepEqual(untold.all.map((each) => each.track), [1, 2, 3]);
  isReachable = true;
  await untold.send(tell, (error) => error.status === 0);
  assert.deepEqual(told, [1, 3]);
  assert.deepEqual(untold.all, []);
});

test('a browser that keeps nothing, or something strange, does no harm', () => {
  const shut = { getItem: () => { throw new Error('no'); }, setItem: () => { throw new Error('no'); }, removeItem: () => {} };
  const untold = new Untold(shut);
  untold.add({ track: 1 });
  assert.deepEqual(untold.all, []);
  assert.deepEqual(new Untold(store({ [Untold.key]: '{"a":' })).all, []);
  const many = new Untold(store(), 3);
  for (let track = 0; track < 5; track += 1) many.add({ track });
  assert.deepEqual(many.all.map((each) => each.track), [2, 3, 4]);
});
