// What a lasso encloses.

/** Even-odd rule: is the point inside the polygon `[x0, y0, x1, y1, …]`? */
export function inside(polygon, px, py) {
  let odd = false;
  for (let index = 0, last = polygon.length - 2; index < polygon.length; last = index, index += 2) {
    const [ax, ay, bx, by] = [polygon[index], polygon[index + 1], polygon[last], polygon[last + 1]];
    if (ay > py !== by > py && px < ((bx - ax) * (py - ay)) / (by - ay) + ax) odd = !odd;
  }
  return odd;
}

export function boxOf(polygon) {
  const box = { left: Infinity, right: -Infinity, bottom: Infinity, top: -Infinity };
  for (let index = 0; index < polygon.length; index += 2) {
    box.left = Math.min(box.left, polygon[index]);
    box.right = Math.max(box.right, polygon[index]);
    box.bottom = Math.min(box.bottom, polygon[index + 1]);
    box.top = Math.max(box.top, polygon[index + 1]);
  }
  return box;
}

/** The rows of a grid inside the polygon, in the grid's order. */
export function enclosed(grid, polygon) {
  const rows = [];
  if (polygon.length < 6) return rows;
  grid.each(boxOf(polygon), (row) => { if (inside(polygon, grid.x[row], grid.y[row])) rows.push(row); });
  return rows;
}

/** A drawn line with fewer corners: a point is kept when it is at least `step` from the last kept one. */
export function thinned(line, step) {
  const kept = line.slice(0, 2);
  for (let index = 2; index < line.length; index += 2) {
    if (Math.hypot(line[index] - kept.at(-2), line[index + 1] - kept.at(-1)) >= step) kept.push(line[index], line[index + 1]);
  }
  return kept;
}
