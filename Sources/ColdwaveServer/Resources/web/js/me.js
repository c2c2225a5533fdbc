// Whose ears: the chosen listener and what they said of songs. Remembered on this device; an account's own listener comes first.
import { get, put, name } from './api.js';
import { complain, toast } from './parts/toast.js';

const key = 'coldwave-listener';

class Me extends EventTarget {
  constructor() {
    super();
    this.user = null;
    this.open = false;
    this.listener = null;
    this.loved = new Set();
    this.hated = new Set();
  }

  get isAdmin() { return this.open || this.user?.role === 'admin'; }

  /** Takes over who is signed in, and with them their listener. */
  async enter(session) {
    this.user = session.user;
    this.open = session.open;
    let stored = null;
    try { stored = localStorage.getItem(key); } catch { /* asked anew */ }
    const own = session.user?.listener;
    await this.choose(this.isAdmin ? stored ?? own ?? null : own ?? null, true);
  }

  async choose(listener, quiet = false) {
    this.listener = listener;
    this.loved = new Set();
    this.hated = new Set();
    try { if (listener && this.isAdmin) localStorage.setItem(key, listener); } catch { /* as above */ }
    if (listener) {
      try {
        const feedback = await get(`listeners/${name(listener)}/feedback`);
        this.loved = new Set(feedback.loved);
        this.hated = new Set(feedback.hated);
      } catch (error) {
        if (quiet) this.forget(); else throw error;
      }
    }
    this.dispatchEvent(new Event('listener'));
  }

  forget() {
    this.listener = null;
    try { localStorage.removeItem(key); } catch { /* nothing was stored */ }
  }

  scoreOf(song) {
    return this.loved.has(song.id) ? 1 : this.hated.has(song.id) ? -1 : 0;
  }

  /** Says 1, 0 or −1 of a song; lists that show it hear of it by `feedback`. */
  async score(song, value, { undo = true } = {}) {
    if (!this.listener) return void toast('Pick a listener first, on “For you”.');
    const before = this.scoreOf(song);
    try {
      await put(`listeners/${name(this.listener)}/feedback/${song.id}`, { score: value });
    } catch (error) { return void complain(error); }
    this.loved.delete(song.id);
    this.hated.delete(song.id);
    if (value > 0) this.loved.add(song.id);
    if (value < 0) this.hated.add(song.id);
    this.dispatchEvent(new CustomEvent('feedback', { detail: { song, value } }));
    if (undo && value < 0) toast(`“${song.title}” won’t come again.`, { action: 'Undo', run: () => this.score(song, before, { undo: false }) });
  }
}

export const me = new Me();
