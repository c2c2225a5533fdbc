// What plays and what comes after it. Tells of changes by the events `queue` and `track`.

/** An entry of the queue: a song, or with `start` and `seconds` one moment of it. */
export const entry = (item) => (item.song ? item : { song: item });

export class PlayQueue extends EventTarget {
  constructor() {
    super();
    // `more` is asked for further entries when the queue runs out: `async (ids) => [song]`.
    Object.assign(this, { queue: [], index: -1, source: '', more: null });
  }

  tell(kind) {
    this.dispatchEvent(new Event(kind));
  }
  get current() {
    return this.queue[this.index] ?? null;
  }
  get song() {
    return this.current?.song ?? null;
  }

  add(items) {
    this.queue.push(...items.map(entry));
    this.tell('queue');
    if (this.index < 0 && this.queue.length) this.jump(0);
  }

  removeAt(index) {
    if (index === this.index) return;
    this.queue.splice(index, 1);
    if (index < this.index) this.index -= 1;
    this.tell('queue');
  }

  /** Replaces what comes after the current entry (a radio whose slider moved). */
  upcoming(items) {
    this.queue.splice(this.index + 1, Infinity, ...items.map(entry));
    this.tell('queue');
  }
}
