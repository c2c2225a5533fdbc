// What plays: one audio element and a queue. Knows no page; pages listen to its events `track`, `state`, `time`, `queue`.
import { address } from './api.js';
import { toast } from './parts/toast.js';

const volumeKey = 'coldwave-volume';

function storedVolume() {
  try { return Math.min(1, Math.max(0, Number(localStorage.getItem(volumeKey) ?? 0.9))); } catch { return 0.9; }
}

/** An entry of the queue: a song, or with `start` and `seconds` one moment of it. */
const entry = (item) => (item.song ? item : { song: item });

class Player extends EventTarget {
  constructor() {
    super();
    this.audio = Object.assign(new Audio(), { preload: 'auto', volume: storedVolume() });
    // `more` is asked for further entries when the queue runs out: `async (ids) => [song]`.
    Object.assign(this, { queue: [], index: -1, source: '', more: null, failures: 0, offset: 0 });
    const listen = (kind, action) => this.audio.addEventListener(kind, action);
    for (const kind of ['play', 'pause', 'waiting', 'playing']) listen(kind, () => this.tell('state'));
    for (const kind of ['timeupdate', 'seeked', 'durationchange']) listen(kind, () => this.tick());
    listen('volumechange', () => this.tell('volume'));
    listen('ended', () => this.next(true));
    listen('playing', () => { this.failures = 0; });
    listen('error', () => this.failed());
  }

  tell(kind) { this.dispatchEvent(new Event(kind)); }
  get current() { return this.queue[this.index] ?? null; }
  get song() { return this.current?.song ?? null; }
  get playing() { return this.index >= 0 && !this.audio.paused; }
  get time() { return this.offset + (this.audio.currentTime || 0); }
  get duration() { return !this.format && Number.isFinite(this.audio.duration) && this.audio.duration > 0 ? this.audio.duration : this.song?.durationSeconds ?? 0; }

  /** Plays a list from `index` on. `source` names where it came from. */
  play(items, index = 0, { source = '', more = null } = {}) {
    this.queue = items.map(entry);
    this.source = source;
    this.more = more;
    this.tell('queue');
    this.jump(index);
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

  jump(index) {
    if (!this.queue[index]) return;
    this.index = index;
    this.load();
    this.tell('track');
    this.refill();
  }

  /** A file is sought in by the browser; a stream made on the fly starts where it is asked to. */
  load(format, from = this.current.start ?? 0) {
    this.format = format;
    this.offset = format ? Math.floor(from) : 0;
    this.audio.src = address(`tracks/${this.song.id}/audio`, { format, start: this.offset || null });
    if (!format && from) this.audio.currentTime = from;
    this.audio.play().catch((error) => {
      // Browsers keep silent until the first click; the bar then simply shows “play”.
      if (error.name === 'NotAllowedError') this.tell('state');
    });
  }

  failed() {
    if (!this.song || !this.audio.getAttribute('src')) return;
    const opus = this.audio.canPlayType('audio/ogg; codecs=opus') ? 'opus' : 'mp3';
    if (!this.format) return this.load(opus);
    toast(`“${this.song.title}” can’t be played here.`, { warn: true });
    this.failures += 1;
    if (this.failures < 4) this.next(true);
    else this.tell('state');
  }

  tick() {
    const { start, seconds } = this.current ?? {};
    if (seconds && !this.audio.seeking && this.time > (start ?? 0) + seconds) return void this.next(true);
    this.tell('time');
  }

  async refill() {
    if (!this.more || this.asking || this.queue.length - this.index > 4) return;
    this.asking = true;
    const more = this.more;
    try {
      const added = await more(this.queue.map((item) => item.song.id));
      if (more === this.more && added.length) {
        this.queue.push(...added.map(entry));
        this.tell('queue');
      }
    } catch { /* asked again at the next song */ } finally { this.asking = false; }
  }

  async next(automatic = false) {
    await this.refill();
    if (this.index + 1 < this.queue.length) this.jump(this.index + 1);
    else if (automatic || this.song) { this.audio.pause(); this.tell('state'); }
  }

  previous() {
    if (this.time > 4 || this.index === 0) this.seek(this.current?.start ?? 0); else this.jump(this.index - 1);
  }

  toggle() {
    if (this.index < 0) return;
    if (this.audio.paused) this.audio.play().catch(() => this.tell('state')); else this.audio.pause();
  }

  seek(seconds) {
    if (this.index < 0) return;
    // Who seeks away from a moment wants to hear on.
    if (this.current.seconds) this.queue[this.index] = { song: this.song };
    const place = Math.max(0, Math.min(seconds, this.duration - 0.1));
    if (this.format) this.load(this.format, place);
    else this.audio.currentTime = place;
  }

  setVolume(volume) {
    Object.assign(this.audio, { volume: Math.max(0, Math.min(1, volume)), muted: false });
    try { localStorage.setItem(volumeKey, String(this.audio.volume)); } catch { /* not remembered, then */ }
  }

  stop() {
    this.audio.pause();
    this.audio.removeAttribute('src');
    Object.assign(this, { queue: [], index: -1, more: null, source: '' });
    for (const kind of ['queue', 'track', 'state']) this.tell(kind);
  }
}

export const player = new Player();
