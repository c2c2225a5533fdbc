// All pages by the first part of their hash. A page's module is loaded when it is first opened.
const page = (title, icon, load) => ({ title, icon, open: async (...parameters) => (await load()).open(...parameters) });

export const pages = {
  map: page('Map', 'map', () => import('./map.js')),
  listener: page('For you', 'you', () => import('./listener.js')),
  songs: page('Songs', 'search', () => import('./songs.js')),
  song: page('Song', 'songs', () => import('./song.js')),
  radio: page('Radio', 'radio', () => import('./radio.js')),
  filters: page('Filters', 'filters', () => import('./filters.js')),
  playlists: page('Playlists', 'playlists', () => import('./playlists.js')),
  health: page('Health', 'health', () => import('./health.js')),
  account: page('Account', 'account', () => import('./account.js')),
  more: page('More', 'more', () => import('./more.js')),
};
