// The map's data as the server sends it (`CWM1`, little endian): columns, so that a million songs are a few typed arrays.
export const none16 = 0xffff;
export const none32 = 0xffffffff;

/** Parses the octets; throws where they aren't what they say. */
export function parseMap(buffer) {
  const view = new DataView(buffer);
  const magic = buffer.byteLength >= 8 ? String.fromCharCode(...new Uint8Array(buffer, 0, 4)) : '';
  if (magic !== 'CWM1') throw new Error('The map’s data has a format this page doesn’t know. Reload the page.');
  const n = view.getUint32(4, true);
  if (buffer.byteLength !== 8 + n * 24) throw new Error('The map’s data broke off on its way. Reload the page.');
  let at = 8;
  const column = (Type) => {
    const values = new Type(buffer, at, n);
    at += n * Type.BYTES_PER_ELEMENT;
    return values;
  };
  const data = { n, x: column(Float32Array), y: column(Float32Array), id: column(Uint32Array), artist: column(Uint32Array), plays: column(Uint32Array), genre: column(Uint16Array), year: column(Uint16Array) };
  // Sent as pictures have it, downwards; the camera's plane has y upwards.
  for (let row = 0; row < n; row += 1) data.y[row] = -data.y[row];
  data.bounds = boundsOf(data.x, data.y);
  data.rowOf = rowFinder(data.id);
  return data;
}

export function boundsOf(x, y, rows) {
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity];
  const n = rows ? rows.length : x.length;
  for (let index = 0; index < n; index += 1) {
    const row = rows ? rows[index] : index;
    if (x[row] < left) left = x[row];
    if (x[row] > right) right = x[row];
    if (y[row] < bottom) bottom = y[row];
    if (y[row] > top) top = y[row];
  }
  return n ? { left, right, bottom, top } : { left: -1, right: 1, bottom: -1, top: 1 };
}

/** The row of an id, or −1: a binary search, since a Map of a million entries would weigh more than the map itself. */
export function rowFinder(ids) {
  let order = null;
  for (let index = 1; index < ids.length; index += 1) {
    if (ids[index] < ids[index - 1]) {
      order = Uint32Array.from(ids, (_, row) => row).sort((a, b) => ids[a] - ids[b]);
      break;
    }
  }
  const at = (position) => (order ? order[position] : position);
  return (id) => {
    let low = 0;
    let high = ids.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const value = ids[at(middle)];
      if (value === id) return at(middle);
      if (value < id) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  };
}
