// Names on the map, none over another.

// Offsets in label sizes, the nearest first.
export const places = [[0, 0], [0, -1.2], [0, 1.2], [-0.6, -1], [0.6, -1], [-0.6, 1], [0.6, 1], [0, -1.9], [0, 1.9], [-0.8, 0], [0.8, 0], [0, -2.6], [0, 2.6]];

export const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/**
 * Where each label goes, most important first: at its place, or a little beside it, or (nothing free) nowhere.
 * `labels`: `{ x, y, width, height }` in pixels around their middle; `taken`: boxes to keep clear of; `busy(box)`: whether a box covers
 * what is better seen, so that another free place is preferred; `offsets`: fewer places, where names far from theirs would mislead.
 * Returns boxes with `index`.
 */
export function placeLabels(labels, { width, height, taken = [], margin = 4, most = 60, busy = () => false, offsets = places }) {
  const boxes = [...taken];
  const placed = [];
  for (let index = 0; index < labels.length && placed.length < most; index += 1) {
    const label = labels[index];
    if (label.x < -20 || label.y < -20 || label.x > width + 20 || label.y > height + 20) continue;
    let second = null;
    let first = null;
    for (const [dx, dy] of offsets) {
      const x = Math.min(Math.max(label.x + dx * label.width, label.width / 2 + margin), width - label.width / 2 - margin);
      const y = Math.min(Math.max(label.y + dy * label.height, label.height / 2 + margin), height - label.height / 2 - margin);
      const box = { left: x - label.width / 2 - margin, right: x + label.width / 2 + margin, top: y - label.height / 2 - margin, bottom: y + label.height / 2 + margin, x, y, index };
      if (boxes.some((other) => overlap(box, other))) continue;
      second ??= box;
      if (busy(box)) continue;
      first = box;
      break;
    }
    const box = first ?? second;
    if (!box) continue;
    boxes.push(box);
    placed.push(box);
  }
  return placed;
}
