// The map as one thing: data, camera, points, labels. The page's controls talk to it.
import { Camera } from './camera.js';
import { Grid } from './grid.js';
import { Points } from './points.js';
import { boundsOf } from './data.js';
import { coloring, rgb } from './palette.js';
import { isDark } from '../theme.js';
import { sequence } from '../format.js';
import { Pace, shuffled } from './pace.js';

export class Scene extends EventTarget {
  constructor(canvas, data, about) {
    super();
    Object.assign(this, { canvas, data, about, mode: 'genre', spotlight: null, lit: null, found: null, selected: null });
    this.points = new Points(canvas);
    this.grid = new Grid(data.x, data.y, data.bounds);
    this.camera = new Camera();
    // Drawn in a random order: no genre lies on top of another, and the first part is a fair sample of all.
    this.order = shuffled(data.n, sequence(1));
    this.pace = new Pace(() => this.redraw());
    const places = new Float32Array(data.n * 2);
    this.order.forEach((row, at) => {
      places[2 * at] = data.x[row];
      places[2 * at + 1] = data.y[row];
    });
    this.points.layer('songs', places, null);
    this.recolor();
  }

  /** Colours by genre, artist, year, plays or new; `spotlight` dims all but one entry of the legend. */
  recolor(mode = this.mode) {
    if (mode !== this.mode) this.spotlight = null;
    this.mode = mode;
    this.coloring = coloring(mode, this.data, this.about, isDark());
    this.ground = rgb(isDark() ? '#0a1730' : '#f3f7fb');
    this.refresh();
    this.dispatchEvent(new Event('colors'));
  }

  paint() {
    const { n } = this.data;
    const colors = new Uint8Array(n * 4);
    const known = new Map();
    const held = this.spotlight === null ? null : this.coloring.legend[this.spotlight]?.match;
    const dim = Boolean(this.lit || this.found || this.selected);
    const front = [];
    for (let at = 0; at < n; at += 1) {
      const row = this.order[at];
      const color = this.coloring.color(row);
      let parts = known.get(color);
      if (!parts) known.set(color, parts = rgb(color));
      const shown = held ? held(row) : !dim;
      colors.set(parts, at * 4);
      colors[at * 4 + 3] = shown ? 235 : isDark() ? 46 : 60;
      if (shown && this.coloring.front?.(row)) front.push(row);
    }
    this.points.layer('songs', null, colors, { rim: true, glow: n <= 4000 && isDark() ? 0.3 : 0 });
    this.overlay('front', front.length < n / 2 ? front : [], (row) => this.coloring.color(row), { larger: 1.25 });
    this.redraw();
  }

  /** A few points on top of all. */
  overlay(name, rows, color, style) {
    const places = new Float32Array(rows.length * 2);
    const colors = new Uint8Array(rows.length * 4);
    rows.forEach((row, index) => {
      places[2 * index] = this.data.x[row];
      places[2 * index + 1] = this.data.y[row];
      colors.set(rgb(typeof color === 'function' ? color(row) : color), index * 4);
      colors[index * 4 + 3] = style?.alpha ?? 255;
    });
    this.points.layer(name, places, colors, { rim: !style?.ring && !style?.alpha, ...style });
    this.redraw();
  }

  rows(ids) { return ids.map(this.data.rowOf).filter((row) => row >= 0); }

  /** What a listener has played and is recommended; `null` for nobody. */
  light(lit) { this.lit = lit; this.refresh(); }

  /** Songs a search found; gives their rows. */
  find(ids) { this.found = ids && this.rows(ids); this.refresh(); return this.found ?? []; }

  select(rows) { this.selected = rows; this.refresh(); }

  /** Everything on top, in the colours of now. */
  refresh() {
    const own = (row) => this.coloring.color(row);
    const dark = isDark();
    const played = this.lit ? this.rows(this.lit.played) : [];
    const recommended = this.lit ? this.rows(this.lit.recommended) : [];
    this.overlay('played halo', played, dark ? '#7fcdf8' : '#0a6cbd', { larger: 1, plus: 14, alpha: 70 });
    this.overlay('played', played, own, { larger: 1.15, plus: 2 });
    this.overlay('recommended', recommended, dark ? '#f4fbff' : '#0c1a2e', { larger: 1.2, plus: 8, ring: 2 });
    this.overlay('recommended core', recommended, own, { larger: 1 });
    this.overlay('found', this.found ?? [], own, { larger: 1.3, plus: 4 });
    // A lasso round most of a large map: the songs themselves are bright enough.
    this.overlay('selected', this.selected && this.selected.length < 60000 ? this.selected : [], own, { larger: 1.2, plus: 1 });
    this.paint();
  }

  mark(name, row, plus = 9) {
    this.overlay(name, row >= 0 ? [row] : [], isDark() ? '#ffffff' : '#0c1a2e', { larger: 1, plus, ring: 2.2 });
  }

  /** Diameter of a song in pixels: by how many there are, and growing slowly as one comes nearer. */
  get size() {
    const base = Math.max(1.2, Math.min(9.5, 240 / Math.sqrt(this.data.n)) * Math.min(1, 0.3 + this.camera.width / 1500));
    return Math.min(20, base * Math.max(1, this.camera.scale / this.whole.scale) ** 0.42);
  }

  resize(width, height) {
    const first = !this.whole;
    this.points.resize(width, height, Math.min(2, devicePixelRatio || 1));
    this.camera.resize(width, height);
    this.whole = this.camera.fitted(this.data.bounds);
    this.camera.least = this.whole.scale * 0.5;
    this.camera.most = this.whole.scale * Math.max(24, 3 * Math.sqrt(this.data.n));
    if (first) Object.assign(this.camera, this.whole);
    this.redraw();
  }

  flyTo(rows) {
    if (rows.length) this.fly(this.camera.fitted(boundsOf(this.data.x, this.data.y, rows), this.whole.scale * 6));
  }

  fly(target) { this.camera.fly(target, () => this.redraw()); }

  pick(px, py, reach = 12) {
    const [x, y] = this.camera.toPlane(px, py);
    return this.grid.nearest(x, y, (reach + this.size / 2) / this.camera.scale);
  }

  /** Drawn once a frame at most, and only when something changed. */
  redraw() {
    if (this.waiting || !this.whole) return;
    this.waiting = requestAnimationFrame((time) => {
      this.waiting = 0;
      this.points.draw(this.camera, this.size, this.ground, this.pace.share(this.data.n, time));
      this.dispatchEvent(new Event('view'));
    });
  }

  remove() {
    cancelAnimationFrame(this.waiting);
    this.pace.stop();
    this.camera.land();
    this.points.remove();
  }
}
