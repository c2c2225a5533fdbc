// When a song counts as heard: half of it, or four minutes, whichever is less, as ListenBrainz has it. What is sought past was not heard.

export class Heard {
  /** @param {number} duration the song's, seconds */
  constructor(duration) {
    this.needed = Math.min(duration / 2, 240);
    this.seconds = 0;
    this.counted = false;
    this.place = null;
    this.clock = 0;
  }

  /** Paused, or somebody seeks: what comes next starts elsewhere. */
  interrupt() {
    this.place = null;
  }

  /**
   * The song is at `place` (seconds) at the time `clock` (seconds, of any origin), played at `rate`.
   * Returns true the one time that it has been heard enough.
   */
  at(place, clock, rate = 1) {
    const moved = this.place === null ? 0 : place - this.place;
    // A jump is longer than the time that passed; browsers tell the place a little late or early.
    if (moved > 0 && moved <= (clock - this.clock) * rate + 0.75) this.seconds += moved;
    this.place = place;
    this.clock = clock;
    if (this.counted || !(this.needed > 0) || this.seconds < this.needed) return false;
    this.counted = true;
    return true;
  }
}

/** What was heard and could not be told to the server yet, oldest first; `store` is a localStorage. */
export class Untold {
  static key = 'coldwave-listens';

  constructor(store, most = 200) {
    this.store = store;
    this.most = most;
  }

  get all() {
    try {
      const kept = JSON.parse(this.store.getItem(Untold.key) ?? '[]');
      return Array.isArray(kept) ? kept : [];
    } catch {
      return [];
    }
  }

  set all(listens) {
    try {
      if (listens.length) this.store.setItem(Untold.key, JSON.stringify(listens.slice(-this.most)));
      else this.store.removeItem(Untold.key);
    } catch { /* a browser that keeps nothing */ }
  }

  add(listen) {
    this.all = [...this.all, listen];
  }

  /** Tells them one by one by `tell(listen)`; stops at one that may go later (`isLater(error)`), drops what is refused. */
  async send(tell, isLater) {
    if (this.sending) return;
    this.sending = true;
    try {
      for (let next = this.all[0]; next; next = this.all[0]) {
        try {
          await tell(next);
        } catch (error) {
          if (isLater(error)) return;
        }
        this.all = this.all.slice(1);
      }
    } finally {
      this.sending = false;
    }
  }
}
