// The names over the map: regions from afar, artists from near.
import { h } from '../dom.js';
import { placeLabels, places } from './labels.js';
import { none32 } from './data.js';

const sizes = new Map();

/** A label's size, measured once. */
function measured(element, key) {
  if (!sizes.has(key)) {
    const box = element.getBoundingClientRect();
    if (!box.width) return { width: 80, height: 20 };
    sizes.set(key, { width: box.width, height: box.height });
  }
  return sizes.get(key);
}

/** Artists with most songs in view, each at the middle of theirs; none while too many songs are in view. */
function artistsInView(scene, most) {
  const found = new Map();
  let seen = 0;
  scene.grid.each(scene.camera.view, (row) => {
    const artist = scene.data.artist[row];
    if ((seen += 1) > most) return false;
    if (artist === none32) return true;
    const entry = found.get(artist) ?? { x: 0, y: 0, n: 0 };
    entry.x += scene.data.x[row];
    entry.y += scene.data.y[row];
    entry.n += 1;
    found.set(artist, entry);
    return true;
  });
  if (seen > most) return [];
  return [...found].sort((a, b) => b[1].n - a[1].n).map(([artist, { x, y, n }]) => ({ key: `a${artist}`, text: scene.about.artists[artist], kind: 'artist', x: x / n, y: y / n, lift: 16 }));
}

export function names(scene, layer) {
  const regions = [...(scene.about.regions ?? [])].sort((a, b) => b.size - a.size).map((region, index) => ({ key: `r${index}`, text: region.name, kind: 'region', x: region.x, y: region.y, lift: 0 }));
  const shown = new Map();

  function paint() {
    const { camera } = scene;
    const narrow = camera.width < 700;
    const near = camera.scale / scene.whole.scale > 2.2;
    const wanted = [...regions, ...(near ? artistsInView(scene, 260) : [])];
    const labels = wanted.map((label) => {
      let element = shown.get(label.key);
      if (!element) {
        element = h(`span.name.name-${label.kind}`, {}, label.text);
        shown.set(label.key, element);
        layer.append(element);
      }
      const [x, y] = camera.toPixels(label.x, label.y);
      return { x, y: y + label.lift, ...measured(element, `${label.kind} ${label.text}`) };
    });
    // A name stands beside its songs while there is room, and over them once they fill the view.
    const busy = (box) => {
      const [left, top] = camera.toPlane(box.left, box.top);
      const [right, bottom] = camera.toPlane(box.right, box.bottom);
      let covered = 0;
      scene.grid.each({ left, right, bottom, top }, () => (covered += 1) < 2);
      return covered > 1;
    };
    const taken = [{ left: 0, right: camera.width, top: -100, bottom: camera.inset.top - 8 }];
    const placed = new Map(placeLabels(labels, { width: camera.width, height: camera.height, taken, most: narrow ? 16 : 42, busy, offsets: narrow ? places.slice(0, 3) : places }).map((box) => [wanted[box.index].key, box]));
    for (const [key, element] of shown) {
      const box = placed.get(key);
      element.classList.toggle('shown', Boolean(box));
      if (box) element.style.setProperty('transform', `translate(${(box.x).toFixed(1)}px, ${(box.y).toFixed(1)}px) translate(-50%, -50%)`);
      else if (!key.startsWith('r')) { element.remove(); shown.delete(key); }
    }
  }
  scene.addEventListener('view', paint);
  return paint;
}
