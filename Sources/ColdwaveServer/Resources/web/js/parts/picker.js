// A search field whose answers drop down (the combobox of the ARIA practices): for listeners and for songs.
import { h, replace, debounced } from '../dom.js';
import { get } from '../api.js';
import { cover } from './cover.js';
import { many } from '../format.js';

let made = 0;

/** `search(query)` → items; `row(item)` → nodes; `text(item)` → what the field then says; `pick(item)`; `heard(items, query)`. */
export function picker({ label, placeholder, value = '', search, row, text, pick, heard, clear, keep = true }) {
  const id = `picker${made += 1}`;
  let items = [];
  let active = -1;
  let turn = 0;
  const list = h('ul.picker-list', { id, role: 'listbox', 'aria-label': label, hidden: true });
  const input = h('input', { type: 'search', placeholder, value, role: 'combobox', 'aria-label': label, 'aria-expanded': 'false', 'aria-controls': id, 'aria-autocomplete': 'list', autocomplete: 'off', spellcheck: 'false' });
  const box = h('div.picker', {}, input, list);

  function show(open) {
    list.hidden = !open;
    input.setAttribute('aria-expanded', String(open));
    if (!open) input.removeAttribute('aria-activedescendant');
  }
  function move(index) {
    active = items.length ? (index + items.length) % items.length : -1;
    [...list.children].forEach((child, at) => child.setAttribute('aria-selected', String(at === active)));
    list.children[active]?.scrollIntoView({ block: 'nearest' });
    if (active >= 0) input.setAttribute('aria-activedescendant', `${id}-${active}`);
  }
  function choose(item) {
    // Whatever is still being asked comes too late now.
    askSoon.cancel();
    turn += 1;
    show(false);
    input.value = keep ? text(item) : '';
    pick(item);
  }
  async function ask() {
    const mine = turn += 1;
    const query = input.value.trim();
    if (!query && clear) clear();
    try { items = await search(query); } catch (error) { items = []; replace(list, h('li.picker-none', {}, error.message)); return void show(true); }
    if (mine !== turn || document.activeElement !== input) return;
    active = -1;
    replace(list, items.length ? items.slice(0, 12).map((item, index) => h('li', { id: `${id}-${index}`, role: 'option', 'aria-selected': 'false',
      onpointerdown: (event) => event.preventDefault(), onclick: () => choose(item) }, row(item))) : h('li.picker-none', {}, 'Nothing by that name.'));
    items = items.slice(0, 12);
    show(true);
    if (query) heard?.(items, query);
  }
  const askSoon = debounced(ask, 160);
  input.addEventListener('input', askSoon);
  input.addEventListener('focus', () => { input.select(); ask(); });
  input.addEventListener('blur', () => show(false));
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown') { if (list.hidden) ask(); else move(active + 1); }
    else if (event.key === 'ArrowUp') move(active - 1);
    else if (event.key === 'Enter' && items.length && !list.hidden) choose(items[Math.max(0, active)]);
    else if (event.key === 'Escape') { if (list.hidden) { input.value = ''; clear?.(); } show(false); }
    else return;
    event.preventDefault();
  });
  box.input = input;
  return box;
}

export function listenerPicker(options) {
  return picker({ label: 'Listener', placeholder: 'Pick a listener', text: (item) => item.name, row: (item) => [h('span.picker-name', {}, item.name), h('span.faint', {}, many(item.songs, 'song'))],
    search: async (query) => (await get('listeners', { query, limit: 12 })).listeners, ...options });
}

export function songPicker(options) {
  return picker({ label: 'Song', placeholder: 'Search songs', text: (song) => `${song.artist} – ${song.title}`, row: (song) => [cover(song, 'tiny'), h('span.picker-words', {}, h('span.picker-name', {}, song.title), h('span.faint', {}, song.artist))],
    search: async (query) => (await get('tracks', { query, limit: options.limit ?? 12 })).tracks, ...options });
}
