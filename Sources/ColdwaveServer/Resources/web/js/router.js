// Hash routes. A page is `async (container, parameters) => cleanup?`; the one before is always cleaned up first.
import { replace, h } from './dom.js';
import { trouble } from './parts/trouble.js';

/** `#/song/12?x=1` → `{ name: 'song', rest: ['12'], query }`. */
export function parse(hash) {
  const [path, search = ''] = hash.replace(/^#\/?/, '').split('?');
  const [name = '', ...rest] = path.split('/').map((part) => { try { return decodeURIComponent(part); } catch { return part; } });
  return { name, rest: rest.filter(Boolean), query: Object.fromEntries(new URLSearchParams(search)) };
}

export const link = (...parts) => `#/${parts.map(encodeURIComponent).join('/')}`;

export class Router {
  constructor(container, pages, { home, changed }) {
    Object.assign(this, { container, pages, home, changed, turn: 0, cleanup: null });
    this.listener = () => this.show();
    addEventListener('hashchange', this.listener);
  }

  stop() {
    removeEventListener('hashchange', this.listener);
    this.turn += 1;
    this.leave();
  }

  leave() {
    try { this.cleanup?.(); } catch (error) { console.warn(error); }
    this.cleanup = null;
  }

  async show() {
    const where = parse(location.hash);
    const page = this.pages[where.name];
    if (!page) return void location.replace(this.home());
    const turn = this.turn += 1;
    this.leave();
    const frame = h(`div.page.page-${where.name}`);
    replace(this.container, frame);
    this.container.scrollTop = 0;
    this.changed(where.name, page.title);
    try {
      const cleanup = await page.open(frame, where);
      if (turn !== this.turn) cleanup?.();
      else this.cleanup = cleanup;
    } catch (error) {
      if (turn === this.turn) replace(frame, trouble(error, () => this.show()));
    }
  }
}
