// Where one looks: a place in the map's plane and pixels per unit. Pure arithmetic; `animate` is the only thing that takes time.
import { calm } from '../dom.js';

export class Camera {
  constructor() { Object.assign(this, { x: 0, y: 0, scale: 1, least: 1e-3, most: 1e6, width: 1, height: 1, inset: { left: 0, right: 0, top: 0, bottom: 0 } }); }

  resize(width, height) { this.width = Math.max(1, width); this.height = Math.max(1, height); }

  /** Pixels from the top left to the plane, and back. */
  toPlane(px, py) { return [this.x + (px - this.width / 2) / this.scale, this.y - (py - this.height / 2) / this.scale]; }
  toPixels(x, y) { return [(x - this.x) * this.scale + this.width / 2, (this.y - y) * this.scale + this.height / 2]; }

  get view() {
    const [left, top] = this.toPlane(0, 0);
    const [right, bottom] = this.toPlane(this.width, this.height);
    return { left, right, bottom, top };
  }

  pan(dx, dy) { this.x -= dx / this.scale; this.y += dy / this.scale; }

  /** Zooms so that what lies under the pixel stays there. */
  zoom(factor, px = this.width / 2, py = this.height / 2) {
    const [x, y] = this.toPlane(px, py);
    this.scale = Math.max(this.least, Math.min(this.most, this.scale * factor));
    const [nx, ny] = this.toPlane(px, py);
    this.x += x - nx;
    this.y += y - ny;
  }

  /** What shows a box as large as it goes, clear of the panels at the edges. */
  fitted({ left, right, bottom, top }, closest = this.most) {
    const { inset } = this;
    const width = Math.max(80, this.width - inset.left - inset.right);
    const height = Math.max(80, this.height - inset.top - inset.bottom);
    const scale = Math.max(this.least, Math.min(closest, this.most, 0.9 * Math.min(width / Math.max(right - left, 1e-6), height / Math.max(top - bottom, 1e-6))));
    return { x: (left + right) / 2 + (inset.right - inset.left) / 2 / scale, y: (bottom + top) / 2 + (inset.top - inset.bottom) / 2 / scale, scale };
  }

  /** Calls `draw` on the way to the target; a later flight ends an earlier one. */
  fly(target, draw, milliseconds = 700) {
    const flight = this.flight = {};
    if (calm()) milliseconds = 0;
    const from = { x: this.x, y: this.y, scale: this.scale };
    const began = performance.now();
    const step = (time) => {
      if (this.flight !== flight) return;
      const share = milliseconds ? Math.min(1, Math.max(0, (time - began) / milliseconds)) : 1;
      const eased = share < 0.5 ? 4 * share ** 3 : 1 - (-2 * share + 2) ** 3 / 2;
      // The scale moves evenly in its logarithm, as the eye sees it.
      this.scale = from.scale * (target.scale / from.scale) ** eased;
      this.x = from.x + (target.x - from.x) * eased;
      this.y = from.y + (target.y - from.y) * eased;
      draw();
      if (share < 1) requestAnimationFrame(step);
    };
    if (milliseconds) requestAnimationFrame(step);
    else step(began);
  }

  land() { this.flight = null; }
}
