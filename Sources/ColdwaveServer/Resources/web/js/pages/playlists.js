// What was kept: lists from the map and elsewhere, to play or to take along.
import { h, replace } from '../dom.js';
import { address, get, remove } from '../api.js';
import { icon } from '../icons.js';
import { link } from '../router.js';
import { player } from '../player.js';
import { cover } from '../parts/cover.js';
import { songList } from '../parts/songs.js';
import { empty } from '../parts/trouble.js';
import { complain, toast } from '../parts/toast.js';
import { clock, many } from '../format.js';

const size = (list) => (Array.isArray(list.tracks) ? list.tracks.length : list.songs ?? list.tracks ?? 0);

async function all(frame) {
  const { playlists } = await get('playlists');
  replace(frame, h('header.page-head', {}, h('h1', {}, 'Playlists')),
    playlists.length ? h('ul.kept', {}, playlists.map((list) => h('li', {}, h('a.kept-link', { href: link('playlists', list.id) }, cover({ artist: list.title, album: String(list.id), genres: [list.title] }), h('span', {}, h('b', {}, list.title), h('span.faint', {}, many(size(list), 'song'))), icon('right', 20)))))
      : empty('Nothing kept yet.', 'Draw round some songs on the map, and save them.', h('a.button.primary', { href: '#/map' }, icon('lasso', 20), 'To the map')));
}

export async function open(frame, where) {
  if (!where.rest[0]) return all(frame);
  const id = where.rest[0];
  const list = await get(`playlists/${id}`);
  const songs = list.tracks;
  const seconds = songs.reduce((sum, song) => sum + (song.durationSeconds ?? 0), 0);
  const file = (format) => h('a.button', { href: address(`playlists/${id}/file`, { format }), download: '' }, icon('download', 18), format.toUpperCase());
  replace(frame, h('header.page-head', {}, h('h1', {}, list.title), h('p.faint', {}, `${many(songs.length, 'song')}, ${clock(seconds)}`)),
    h('div.acts', {}, h('button.button.primary', { type: 'button', onclick: () => player.play(songs, 0, { source: list.title }) }, icon('play', 20), 'Play'), file('m3u8'), file('xspf'), file('jspf'),
      h('button.icon-button', { type: 'button', title: 'Delete this playlist', 'aria-label': 'Delete this playlist', onclick: async () => {
        try { await remove(`playlists/${id}`); toast(`“${list.title}” is gone.`); location.hash = '#/playlists'; } catch (error) { complain(error); }
      } }, icon('trash', 20))),
    h('section.section', {}, songList(songs.map((song) => ({ song })), { source: list.title, ranked: true, label: list.title })));
}
