// What a lasso caught: listen to it, keep it as a playlist, or take it along as a file.
import { h, replace } from '../dom.js';
import { address, post } from '../api.js';
import { icon } from '../icons.js';
import { many } from '../format.js';
import { player } from '../player.js';
import { complain, toast } from '../parts/toast.js';
import { songsById } from './titles.js';
import { link } from '../router.js';

/** As many as one playlist is sent with. */
const limit = 5000;

function suggestion(scene, rows) {
  const counts = new Map();
  for (const row of rows) counts.set(scene.data.genre[row], (counts.get(scene.data.genre[row]) ?? 0) + 1);
  const [[genre] = []] = [...counts].sort((a, b) => b[1] - a[1]);
  const named = scene.about.genres[genre];
  return named ? `Around ${named}` : 'From the map';
}

export function selectionPanel(scene, close) {
  const panel = h('section.map-card.selection', { 'aria-label': 'Selected songs', hidden: true });
  return { element: panel,
    show(rows) {
      if (!rows?.length) { panel.hidden = true; return; }
      const kept = rows.slice(0, limit);
      const ids = kept.map((row) => scene.data.id[row]);
      let saved = null;
      const title = h('input', { type: 'text', value: suggestion(scene, rows), 'aria-label': 'Name of the playlist', maxlength: 120 });
      const save = async () => {
        saved ??= await post('playlists', { title: title.value.trim() || 'From the map', tracks: ids });
        return saved.id;
      };
      const act = (name, label, action, className = '') => {
        const button = h('button.button', { type: 'button', class: className, onclick: async () => {
          button.disabled = true;
          try { await action(button); } catch (error) { complain(error); } finally { button.disabled = false; }
        } }, icon(name, 18), label);
        return button;
      };
      title.addEventListener('input', () => { saved = null; });
      replace(panel,
        h('div.selection-head', {}, h('h2', { role: 'status' }, many(rows.length, 'song')), h('button.icon-button', { type: 'button', 'aria-label': 'Let go of the selection', onclick: close }, icon('close', 20))),
        rows.length > limit ? h('p.faint', {}, `A playlist takes the first ${many(limit, 'song')}.`) : null,
        title,
        h('div.selection-acts', {},
          act('play', 'Play', async () => {
            // The first few start at once; the rest follow as their titles arrive.
            const first = await songsById(ids.slice(0, 4));
            player.play(first, 0, { source: 'the map' });
            songsById(ids.slice(4, 200)).then((rest) => { if (player.source === 'the map' && player.queue[0]?.song.id === first[0]?.id) player.add(rest); });
          }, 'primary'),
          act('save', 'Save', async (button) => { const id = await save(); button.lastChild.textContent = 'Saved'; toast(`“${title.value}” is kept.`, { action: 'Open', run: () => { location.hash = link('playlists', id); } }); }),
          act('download', 'M3U8', async () => {
            const id = await save();
            h('a', { href: address(`playlists/${id}/file`, { format: 'm3u8' }), download: `${title.value}.m3u8` }).click();
          })));
      panel.hidden = false;
    } };
}
