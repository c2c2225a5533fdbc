// Keeps a large map moving on a slow machine: while it moves, only as many songs are drawn as frames stay quick; once it rests, all.

const slow = 45;
const quick = 22;
const rest = 170;
const fewest = 20000;

export class Pace {
  /** `settle` is called when the movement is over and a whole picture is due. */
  constructor(settle) { Object.assign(this, { settle, part: 1, last: -Infinity, timer: 0 }); }

  /** The share of `n` points to draw in the frame at `time` (milliseconds). */
  share(n, time) {
    const gap = time - this.last;
    const settling = this.settling;
    this.last = time;
    this.settling = false;
    clearTimeout(this.timer);
    if (n <= fewest || settling) return 1;
    // A long gap is a pause, not a slow frame, unless the frame before was already held short.
    if (gap < 2500) {
      if (gap > slow) this.part = Math.max(fewest / n, this.part * Math.max(0.2, quick / gap));
      else if (gap < quick) this.part = Math.min(1, this.part * 1.15);
    }
    if (this.part < 1) {
      this.timer = setTimeout(() => {
        this.settling = true;
        this.settle();
      }, rest);
    }
    return this.part;
  }

  stop() { clearTimeout(this.timer); }
}

/** 0 … n − 1 in a random order that a seed decides (Fisher–Yates). */
export function shuffled(n, random) {
  const order = Uint32Array.from({ length: n }, (_, index) => index);
  for (let at = n - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    const held = order[at];
    order[at] = order[other];
    order[other] = held;
  }
  return order;
}
