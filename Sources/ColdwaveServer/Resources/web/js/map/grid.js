// Which songs lie where: rows sorted into square cells, so that picking among a million looks at a few dozen.

export class Grid {
  /** About four points a cell. */
  constructor(x, y, { left, right, bottom, top }, perCell = 4) {
    const n = x.length;
    const width = Math.max(right - left, 1e-9);
    const height = Math.max(top - bottom, 1e-9);
    this.cell = Math.max(Math.sqrt(width * height * perCell / Math.max(n, 1)), Math.max(width, height) / 4096);
    Object.assign(this, { x, y, left, bottom, columns: Math.floor(width / this.cell) + 1, lines: Math.floor(height / this.cell) + 1 });
    // A counting sort: where each cell's rows start, then the rows themselves.
    const cells = new Uint32Array(n);
    const start = new Uint32Array(this.columns * this.lines + 1);
    for (let row = 0; row < n; row += 1) {
      const cell = this.column(x[row]) + this.line(y[row]) * this.columns;
      cells[row] = cell;
      start[cell + 1] += 1;
    }
    for (let cell = 1; cell < start.length; cell += 1) start[cell] += start[cell - 1];
    const next = start.slice(0, -1);
    const rows = new Uint32Array(n);
    for (let row = 0; row < n; row += 1) rows[next[cells[row]]++] = row;
    this.start = start;
    this.rows = rows;
  }

  column(x) { return Math.max(0, Math.min(this.columns - 1, Math.floor((x - this.left) / this.cell))); }
  line(y) { return Math.max(0, Math.min(this.lines - 1, Math.floor((y - this.bottom) / this.cell))); }

  /** Calls `visit(row)` for every row inside the box; stops when it returns `false`. */
  each({ left, right, bottom, top }, visit) {
    const { x, y } = this;
    const from = this.column(left);
    const to = this.column(right);
    for (let line = this.line(bottom); line <= this.line(top); line += 1) {
      // The cells of a line follow each other, and so do their rows.
      const end = this.start[line * this.columns + to + 1];
      for (let at = this.start[line * this.columns + from]; at < end; at += 1) {
        const row = this.rows[at];
        if (x[row] >= left && x[row] <= right && y[row] >= bottom && y[row] <= top && visit(row) === false) return;
      }
    }
  }

  /** The row nearest to a place within `radius`, or −1. */
  nearest(px, py, radius, accept) {
    let best = -1;
    let least = radius * radius;
    this.each({ left: px - radius, right: px + radius, bottom: py - radius, top: py + radius }, (row) => {
      const distance = (this.x[row] - px) ** 2 + (this.y[row] - py) ** 2;
      if (distance <= least && (!accept || accept(row))) {
        least = distance;
        best = row;
      }
    });
    return best;
  }
}
