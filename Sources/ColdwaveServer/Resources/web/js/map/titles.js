// A song's words by its id, fetched when needed and remembered; what the map's data leaves out.
import { get } from '../api.js';

const known = new Map();
const most = 3000;

export function songById(id) {
  if (!known.has(id)) {
    const asked = get(`tracks/${id}`);
    known.set(id, asked);
    asked.catch(() => known.delete(id));
    if (known.size > most) known.delete(known.keys().next().value);
  }
  return known.get(id);
}

export const remember = (song) => known.set(song.id, Promise.resolve(song));

/** Many songs, a few requests at a time, in order; those that are gone are left out. */
export async function songsById(ids, { at = 6 } = {}) {
  const songs = new Array(ids.length);
  let next = 0;
  const worker = async () => {
    while (next < ids.length) {
      const index = next;
      next += 1;
      try { songs[index] = await songById(ids[index]); } catch { /* gone since the map was made */ }
    }
  };
  await Promise.all(Array.from({ length: at }, worker));
  return songs.filter(Boolean);
}
