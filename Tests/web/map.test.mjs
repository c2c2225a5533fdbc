// The page's pure parts: `node --test Tests/web/`. Each is held against the slow, obvious way.
import test from 'node:test';
import assert from 'node:assert/strict';
import { Grid } from '../../Sources/ColdwaveServer/Resources/web/js/map/grid.js';
import { boundsOf, parseMap, rowFinder } from '../../Sources/ColdwaveServer/Resources/web/js/map/data.js';
import { enclosed, inside, thinned } from '../../Sources/ColdwaveServer/Resources/web/js/map/polygon.js';
import { overlap, placeLabels } from '../../Sources/ColdwaveServer/Resources/web/js/map/labels.js';
import { Camera } from '../../Sources/ColdwaveServer/Resources/web/js/map/camera.js';
import { coloring } from '../../Sources/ColdwaveServer/Resources/web/js/map/palette.js';
import { sequence } from '../../Sources/ColdwaveServer/Resources/web/js/format.js';
import { Pace, shuffled } from '../../Sources/ColdwaveServer/Resources/web/js/map/pace.js';

function points(n, seed) {
  const random = sequence(seed);
  const gauss = () => random() + random() + random() - 1.5;
  const x = new Float32Array(n);
  const y = new Float32Array(n);
  for (let row = 0; row < n; row += 1) {
    x[row] = gauss() * 40 + (row % 5) * 30;
    y[row] = gauss() * 25 - (row % 3) * 50;
  }
  return { x, y, grid: new Grid(x, y, boundsOf(x, y)) };
}

test('the grid finds the nearest song that a scan of all finds', () => {
  const { x, y, grid } = points(5000, 1);
  const random = sequence(2);
  let hits = 0;
  for (let turn = 0; turn < 400; turn += 1) {
    const [px, py, radius] = [random() * 260 - 90, random() * 260 - 180, random() * 8];
    let best = -1;
    let least = radius;
    for (let row = 0; row < x.length; row += 1) {
      const distance = Math.hypot(x[row] - px, y[row] - py);
      if (distance <= least) { least = distance; best = row; }
    }
    const found = grid.nearest(px, py, radius);
    if (best >= 0) hits += 1;
    assert.equal(found < 0 ? -1 : Math.hypot(x[found] - px, y[found] - py).toFixed(4), best < 0 ? -1 : least.toFixed(4));
  }
  assert.ok(hits > 100);
});

test('the grid visits exactly the rows of a box, each once', () => {
  const { x, y, grid } = points(3000, 3);
  const box = { left: -10, right: 55, bottom: -70, top: 12 };
  const seen = [];
  grid.each(box, (row) => { seen.push(row); });
  const wanted = [...x.keys()].filter((row) => x[row] >= box.left && x[row] <= box.right && y[row] >= box.bottom && y[row] <= box.top);
  assert.deepEqual(seen.sort((a, b) => a - b), wanted);
  assert.ok(wanted.length > 100);
});

test('one song, and many at one place, are no trouble', () => {
  for (const n of [1, 50]) {
    const x = new Float32Array(n).fill(3);
    const y = new Float32Array(n).fill(-2);
    const grid = new Grid(x, y, boundsOf(x, y));
    assert.ok(grid.nearest(3.01, -2, 0.1) >= 0);
    assert.equal(grid.nearest(9, 9, 0.1), -1);
  }
});

test('inside follows the even-odd rule, for a star as for a square', () => {
  const square = [0, 0, 10, 0, 10, 10, 0, 10];
  assert.ok(inside(square, 5, 5));
  assert.ok(!inside(square, 15, 5) && !inside(square, 5, -1));
  const star = [];
  for (let corner = 0; corner < 5; corner += 1) star.push(Math.sin(corner * 4 * Math.PI / 5), Math.cos(corner * 4 * Math.PI / 5));
  assert.ok(!inside(star, 0, 0), 'the middle of a drawn star is crossed twice');
  assert.ok(inside(star, 0, 0.7));
});

test('a lasso catches what a test of every song catches', () => {
  const { x, y, grid } = points(4000, 4);
  const lasso = [-30, -60, 60, -70, 80, 10, 20, -20, -20, 30];
  const wanted = [...x.keys()].filter((row) => inside(lasso, x[row], y[row]));
  assert.deepEqual(enclosed(grid, lasso).sort((a, b) => a - b), wanted);
  assert.ok(wanted.length > 50);
  assert.deepEqual(enclosed(grid, [0, 0, 1, 1]), []);
});

test('a thinned line keeps its ends apart by the step', () => {
  const line = Array.from({ length: 200 }, (_, index) => (index % 2 ? 0 : index / 2));
  const thin = thinned(line, 10);
  assert.equal(thin.length, 20);
});

test('labels never overlap, the important ones come first, and none leaves the view', () => {
  const random = sequence(5);
  const labels = Array.from({ length: 200 }, () => ({ x: random() * 800, y: random() * 500, width: 40 + random() * 90, height: 18 }));
  const placed = placeLabels(labels, { width: 800, height: 500 });
  for (let a = 0; a < placed.length; a += 1) for (let b = 0; b < a; b += 1) assert.ok(!overlap(placed[a], placed[b]));
  assert.ok(placed.every((box) => box.left >= -0.01 && box.right <= 800.01 && box.top >= -0.01 && box.bottom <= 500.01));
  assert.equal(placed[0].index, 0);
  assert.ok(placed.length > 20);
  assert.deepEqual(placeLabels([{ x: 5000, y: 5, width: 10, height: 10 }], { width: 800, height: 500 }), []);
});

test('a label avoids what is busy while another place is free', () => {
  const label = { x: 100, y: 100, width: 60, height: 20 };
  const covers = (box) => box.left < 100 && box.right > 100 && box.top < 100 && box.bottom > 100;
  assert.ok(!covers(placeLabels([label], { width: 300, height: 300, busy: covers })[0]));
  assert.ok(placeLabels([label], { width: 300, height: 300, busy: () => true }).length === 1, 'busy everywhere: over it, then');
});

test('the camera keeps the place under the mouse while zooming, and fits a box', () => {
  const camera = new Camera();
  camera.resize(900, 600);
  Object.assign(camera, { x: 12, y: -7, scale: 4 });
  const before = camera.toPlane(700, 100);
  camera.zoom(3.3, 700, 100);
  camera.toPlane(700, 100).forEach((value, axis) => assert.ok(Math.abs(value - before[axis]) < 1e-9));
  camera.inset = { left: 200, right: 0, top: 0, bottom: 0 };
  Object.assign(camera, camera.fitted({ left: 0, right: 10, bottom: 0, top: 10 }));
  for (const corner of [[0, 0], [10, 10]]) {
    const [px, py] = camera.toPixels(...corner);
    assert.ok(px >= 200 && px <= 900 && py >= 0 && py <= 600);
  }
});

test('the map’s octets are read as they are written, and refused when cut', () => {
  const n = 3;
  const buffer = new ArrayBuffer(8 + 24 * n);
  const view = new DataView(buffer);
  [...'CWM1'].forEach((letter, at) => view.setUint8(at, letter.charCodeAt(0)));
  view.setUint32(4, n, true);
  [1, 2, 3].forEach((value, row) => { view.setFloat32(8 + 4 * row, value, true); view.setFloat32(20 + 4 * row, -value, true); view.setUint32(32 + 4 * row, [30, 10, 20][row], true); view.setUint32(56 + 4 * row, row, true); view.setUint16(68 + 2 * row, row, true); view.setUint16(74 + 2 * row, 1990 + row, true); });
  const data = parseMap(buffer);
  assert.deepEqual([...data.x], [1, 2, 3]);
  assert.deepEqual(data.bounds, { left: 1, right: 3, bottom: 1, top: 3 });
  assert.deepEqual([30, 10, 20, 15].map(data.rowOf), [0, 1, 2, -1]);
  assert.deepEqual([...data.year, ...data.genre, ...data.plays], [1990, 1991, 1992, 0, 1, 2, 0, 1, 2]);
  assert.throws(() => parseMap(buffer.slice(0, -2)), /broke off/);
  assert.throws(() => parseMap(new ArrayBuffer(4)), /format/);
});

test('ids are found in any order', () => {
  const ids = Uint32Array.from([5, 900, 2, 77]);
  const rowOf = rowFinder(ids);
  assert.deepEqual([5, 900, 2, 77, 3].map(rowOf), [0, 1, 2, 3, -1]);
});

test('every colouring gives every song a colour, and its legend counts them all', () => {
  const n = 60;
  const data = { n, genre: Uint16Array.from({ length: n }, (_, row) => (row === 0 ? 0xffff : row % 20)), artist: new Uint32Array(n), plays: Uint32Array.from({ length: n }, (_, row) => row % 7), year: Uint16Array.from({ length: n }, (_, row) => (row % 5 ? 1990 + row % 30 : 0)) };
  const about = { genres: Array.from({ length: 20 }, (_, index) => `g${index}`), artists: ['a'], years: [1990, 2020] };
  for (const dark of [true, false]) for (const mode of ['genre', 'artist', 'year', 'plays', 'new']) {
    const { color, legend, scale } = coloring(mode, data, about, dark);
    for (let row = 0; row < n; row += 1) assert.match(color(row), /^#[0-9a-f]{6}$/);
    if (!scale) assert.equal(legend.reduce((sum, entry) => sum + entry.size, 0), n);
    for (const entry of legend) assert.equal([...Array(n).keys()].filter(entry.match).length, entry.size);
  }
});

test('a slow machine draws fewer songs while moving, and all of them at rest', async () => {
  let settled = 0;
  const pace = new Pace(() => { settled += 1; });
  let time = 0;
  const shares = Array.from({ length: 8 }, () => pace.share(1_000_000, time += 400));
  assert.equal(shares[0], 1);
  assert.ok(shares.at(-1) < 0.05 && shares.at(-1) >= 0.02, String(shares));
  await new Promise((resolve) => { setTimeout(resolve, 260); });
  assert.equal(settled, 1);
  assert.equal(pace.share(1_000_000, time += 260), 1, 'the whole picture');
  pace.stop();
  const fast = new Pace(() => {});
  assert.ok(Array.from({ length: 20 }, (_, frame) => fast.share(1_000_000, frame * 16)).every((share) => share === 1));
  assert.equal(new Pace(() => {}).share(500, 0), 1);
});

test('a shuffle holds every row once, and is the same for a seed', () => {
  const order = shuffled(1000, sequence(9));
  assert.deepEqual([...order].sort((a, b) => a - b), [...Array(1000).keys()]);
  assert.deepEqual(order, shuffled(1000, sequence(9)));
  assert.notDeepEqual([...order.slice(0, 20)], [...Array(20).keys()]);
});
