// Finds songs on the map: all that match light up, one that is chosen plays.
import { get } from '../api.js';
import { songPicker } from '../parts/picker.js';

export function searchBox(scene, { found, play }) {
  return songPicker({
    label: 'Search the map',
    placeholder: 'Find on the map',
    limit: 300,
    clear: () => found(null),
    search: async (query) => {
      const { tracks } = query ? await get('tracks', { query, limit: 300 }) : { tracks: [] };
      if (query) found(tracks);
      return tracks;
    },
    pick: (song) => {
      const row = scene.data.rowOf(song.id);
      if (row >= 0) {
        scene.flyTo([row]);
        scene.mark('chosen', row);
      }
      play(song);
    },
  });
}
