extension MapPage {
    /// Few songs are drawn as circles, many as pixels: 300,000 take some tens of milliseconds. Names are placed anew at every zoom, so
    /// that more of them show the closer one looks, and songs' titles at last.
    static let script = #"""
        'use strict';
        const bytes = s => Uint8Array.from(atob(s), c => c.charCodeAt(0));
        const raw = bytes(map.places), n = map.titles.length;
        const X = new Float32Array(n), Y = new Float32Array(n);
        for (let i = 0; i < n; i++) { X[i] = (raw[4*i] | raw[4*i+1] << 8) / 65535; Y[i] = (raw[4*i+2] | raw[4*i+3] << 8) / 65535; }
        const layers = Object.fromEntries(map.layers.map(l => [l.id, {...l, codes: bytes(l.codes)}]));
        const canvas = document.getElementById('c'), g = canvas.getContext('2d'), tip = document.getElementById('tip');
        const dark = matchMedia('(prefers-color-scheme: dark)');
        let layer = layers[map.coloring], hidden = new Set(), hits = null, hover = -1, playing = -1, W = 0, H = 0, D = 1, scale = 1, ox = 0, oy = 0, queued = false;
        const theme = () => dark.matches ? map.dark : map.light;
        const rgb = h => [1, 3, 5].map(k => parseInt(h.slice(k, k + 2), 16));
        const slot = c => layer.isRange ? (c === 255 ? 32 : c >> 3) : Math.min(c, layer.names.length);
        function colors() { const t = theme(); return layer.isRange ? [...t.ramp, t.other] : [...layer.names.map((_, k) => t.colors[k]), t.other]; }
        const isDiamond = k => !layer.isRange && k >= 8 && k < layer.names.length;
        function fit() {
          const side = innerWidth > 640 ? 268 : 0, low = innerWidth > 640 ? 0 : innerHeight * .38;
          scale = Math.min(innerWidth - side, innerHeight - low); ox = (innerWidth - side - scale) / 2; oy = (innerHeight - low - scale) / 2;
        }
        let least = 1;
        function resize() { D = devicePixelRatio || 1; W = innerWidth; H = innerHeight; canvas.width = W * D; canvas.height = H * D; fit(); least = scale / 2; draw(); }
        const later = () => { if (!queued) { queued = true; requestAnimationFrame(() => { queued = false; draw(); }); } };
        const zoomed = () => scale / (2 * least);
        const radius = () => Math.min(10, Math.min(5.5, Math.max(.55, .19 * 2 * least / Math.sqrt(n))) * Math.pow(zoomed(), .55));
        const shown = i => !hidden.has(slot(layer.codes[i]));
        function draw() {
          const t = theme(), list = colors(), r = radius(), seen = [];
          g.setTransform(D, 0, 0, D, 0, 0); g.globalAlpha = 1; g.fillStyle = t.ground; g.fillRect(0, 0, W, H);
          for (let i = 0; i < n; i++) { const x = ox + X[i] * scale, y = oy + Y[i] * scale; if (x > -20 && x < W + 20 && y > -20 && y < H + 20 && shown(i)) seen.push(i); }
          if (seen.length > 12000) pixels(seen, list, r); else circles(seen, list, r, t);
          if (hits) { g.globalAlpha = 1; g.strokeStyle = t.ink; g.lineWidth = 2; for (const i of hits.slice(0, 3000)) { g.beginPath(); g.arc(ox + X[i] * scale, oy + Y[i] * scale, Math.max(5, r + 3), 0, 7); g.stroke(); } }
          names(seen, t, r);
          if (playing >= 0) { g.globalAlpha = 1; g.fillStyle = t.ink; const x = ox + X[playing] * scale, y = oy + Y[playing] * scale, q = Math.max(7, r + 4); g.strokeStyle = t.ink; g.lineWidth = 2; g.beginPath(); g.arc(x, y, q + 3, 0, 7); g.stroke(); g.beginPath(); g.moveTo(x - q * .45, y - q * .6); g.lineTo(x + q * .65, y); g.lineTo(x - q * .45, y + q * .6); g.fill(); }
          if (hover >= 0) { g.globalAlpha = 1; g.strokeStyle = t.ink; g.lineWidth = 2.5; g.beginPath(); g.arc(ox + X[hover] * scale, oy + Y[hover] * scale, r + 3, 0, 7); g.stroke(); }
        }
        const clouds = new Map();
        function cloud(color) {
          if (!clouds.has(color)) { const c = document.createElement('canvas'); c.width = c.height = 64; const q = c.getContext('2d'), f = q.createRadialGradient(32, 32, 0, 32, 32, 32); f.addColorStop(0, color); f.addColorStop(1, color + '00'); q.fillStyle = f; q.fillRect(0, 0, 64, 64); clouds.set(color, c); }
          return clouds.get(color);
        }
        function circles(seen, list, r, t) {
          const dim = hits ? .25 : 1, found = hits && new Set(hits), alpha = seen.length < 2000 ? .88 : .7;
          if (n <= 6000) { g.globalAlpha = .13 * dim; for (const i of seen) { const x = ox + X[i] * scale, y = oy + Y[i] * scale, R = r * 4.5; g.drawImage(cloud(list[slot(layer.codes[i])]), x - R, y - R, 2 * R, 2 * R); } }
          for (const i of seen) { g.globalAlpha = alpha * (found && found.has(i) ? 1 : dim); const k = slot(layer.codes[i]), x = ox + X[i] * scale, y = oy + Y[i] * scale, q = 1.25 * r; g.fillStyle = list[k]; g.beginPath(); if (isDiamond(k)) { g.moveTo(x, y - q); g.lineTo(x + q, y); g.lineTo(x, y + q); g.lineTo(x - q, y); } else g.arc(x, y, r, 0, 7); g.fill(); }
          if (seen.length < 6000) { g.globalAlpha = .8 * dim; g.strokeStyle = t.ink; g.lineWidth = 1; for (const i of seen) if (!map.plays[i]) { g.beginPath(); g.arc(ox + X[i] * scale, oy + Y[i] * scale, r + 2.2, 0, 7); g.stroke(); } }
        }
        function pixels(seen, list, r) {
          const w = canvas.width, h = canvas.height, image = g.getImageData(0, 0, w, h), p = image.data, c = list.map(rgb);
          const size = Math.max(1, Math.round(2 * r * D)), a = (hits ? .15 : seen.length > 100000 ? .5 : seen.length > 40000 ? .6 : .7);
          // Songs of no category lie below the others.
          const last = c.length - 1; for (const below of [true, false]) for (const i of seen) {
            if ((slot(layer.codes[i]) === last) !== below) continue;
            const [R, G, B] = c[slot(layer.codes[i])], x0 = Math.round((ox + X[i] * scale) * D - size / 2), y0 = Math.round((oy + Y[i] * scale) * D - size / 2);
            for (let y = Math.max(0, y0); y < Math.min(h, y0 + size); y++) for (let x = Math.max(0, x0); x < Math.min(w, x0 + size); x++) {
              const corner = size > 2 && (x === x0 || x === x0 + size - 1) && (y === y0 || y === y0 + size - 1); if (corner) continue;
              const k = 4 * (y * w + x); p[k] += (R - p[k]) * a; p[k+1] += (G - p[k+1]) * a; p[k+2] += (B - p[k+2]) * a; }
          }
          g.putImageData(image, 0, 0);
        }
        function names(seen, t, r) {
          const boxes = [], z = zoomed(); g.textAlign = 'center'; g.textBaseline = 'middle'; g.lineJoin = 'round'; g.globalAlpha = hits ? .4 : 1;
          const put = (text, x, y, size, weight) => {
            if (x < 0 || x > W || y < 0 || y > H) return false;
            g.font = `${weight} ${size}px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif`;
            const w = g.measureText(text).width / 2 + 6, h = size * .62 + 2;
            if (boxes.some(b => Math.abs(b[0] - x) < b[2] + w && Math.abs(b[1] - y) < b[3] + h)) return false;
            boxes.push([x, y, w, h]); g.strokeStyle = t.ground; g.lineWidth = 4; g.strokeText(text, x, y); g.fillStyle = t.ink; g.fillText(text, x, y); return true;
          };
          const twins = [];
          for (const q of map.regions) {
            const x = ox + q.x * scale, y = oy + q.y * scale;
            if (q.level === 1 && layer.id !== 'artist' && z * z * q.songs < 4 + n / 400) continue;
            if (twins.some(b => b[0] === q.name && Math.hypot(b[1] - x, b[2] - y) < 160)) continue;
            const size = q.level === 0 ? Math.min(25, 14 + 60 * q.songs / n) : layer.id === 'artist' ? 14 : 12;
            const s = q.spread * scale, up = s < 20 ? 1.6 * s + r + .6 * size + 3 : 0;
            if (put(q.name, x, y - up, size, q.level === 0 ? 650 : 500) || up && put(q.name, x, y + up, size, q.level === 0 ? 650 : 500)) twins.push([q.name, x, y]);
          }
          if (seen.length < 400 && z > 2.5) for (const i of seen) put(map.titles[i].slice(0, 32), ox + X[i] * scale, oy + Y[i] * scale + r + 10, 11, 400);
        }
        function legend() {
          const ul = document.getElementById('legend'), list = colors(); ul.replaceChildren();
          const row = (k, name, count) => {
            const li = document.createElement('li'), b = document.createElement('button'), i = document.createElement('i'), s = document.createElement('span'), e = document.createElement('em');
            i.style.background = list[k]; if (isDiamond(k)) { i.style.borderRadius = 0; i.style.transform = 'rotate(45deg) scale(.85)'; } s.textContent = name; e.textContent = count.toLocaleString('en'); b.append(i, s, e); b.title = name; b.className = hidden.has(k) ? 'off' : ''; b.setAttribute('aria-pressed', !hidden.has(k)); b.setAttribute('aria-label', name + ', ' + count.toLocaleString('en') + (count === 1 ? ' song' : ' songs'));
            b.onclick = () => { const place = [...ul.children].indexOf(li); hidden.has(k) ? hidden.delete(k) : hidden.add(k); legend(); later(); ul.children[place].firstChild.focus(); }; li.append(b); ul.append(li);
          };
          if (layer.isRange) {
            if (layer.low) { const li = document.createElement('li'), bar = document.createElement('div'), ends = document.createElement('div'), a = document.createElement('span'), b = document.createElement('span');
              bar.className = 'ramp'; bar.style.background = `linear-gradient(90deg,${theme().ramp.join(',')})`; ends.className = 'ends'; a.textContent = layer.low; b.textContent = layer.high; ends.append(a, b); li.append(bar, ends); ul.append(li); }
            if (layer.others) row(32, 'not known', layer.others);
          } else { layer.names.forEach((name, k) => layer.counts[k] && row(k, name, layer.counts[k])); if (layer.others) row(layer.names.length, 'others', layer.others); }
          const fresh = map.plays.filter(p => !p).length;
          if (fresh && layer.id !== 'new') { const li = document.createElement('li'); li.innerHTML = '<button disabled><i style="border:1.5px solid var(--ink)"></i><span>new: without a play</span></button>'; ul.append(li); }
        }
        function nearest(x, y) {
          let best = -1, least = Math.max(8, radius() + 4) ** 2;
          for (let i = 0; i < n; i++) { const dx = ox + X[i] * scale - x, dy = oy + Y[i] * scale - y, d = dx * dx + dy * dy; if (d < least && shown(i)) { least = d; best = i; } }
          return best;
        }
        function tell(i, x, y) {
          tip.replaceChildren(); if (i < 0) { tip.style.display = 'none'; return; }
          const b = document.createElement('b'), s = document.createElement('span'), m = document.createElement('small');
          b.textContent = map.titles[i]; s.textContent = map.artists[i];
          m.textContent = [map.genres[i], map.years[i] || '', map.plays[i] ? map.plays[i].toLocaleString('en') + (map.plays[i] === 1 ? ' play' : ' plays') : 'new: nobody has played it', map.files[i] ? 'click to listen' : ''].filter(Boolean).join(' · ');
          tip.append(b, s, document.createElement('br'), m); tip.style.display = 'block';
          tip.style.left = Math.min(x + 16, W - tip.offsetWidth - 8) + 'px'; tip.style.top = Math.min(y + 16, H - tip.offsetHeight - 8) + 'px';
        }
        const audio = document.getElementById('audio');
        function play(i) {
          const stop = i < 0 || i === playing || !map.files[i]; audio.pause(); playing = stop ? -1 : i; later();
          document.getElementById('now').textContent = stop ? '' : 'playing ' + map.artists[i] + ' – ' + map.titles[i]; if (stop) return;
          audio.src = map.base + map.files[i]; audio.onloadedmetadata = () => { audio.currentTime = map.starts[i] < audio.duration ? map.starts[i] : 0; audio.play().catch(() => {}); };
        }
        audio.onended = () => play(-1);
        audio.onerror = () => { if (playing < 0) return; const file = map.files[playing]; play(-1); document.getElementById('now').textContent = 'cannot play ' + decodeURIComponent(file); };
        // To a song: into the middle of what the panel leaves free, close enough to see its neighbours.
        function go(i) {
          const s = Math.max(scale, least * 2 * Math.min(12, Math.max(3, Math.sqrt(n / 60)))), x = (W - (W > 640 ? 268 : 0)) / 2, y = (W > 640 ? H : H * .62) / 2;
          scale = s; ox = x - X[i] * s; oy = y - Y[i] * s; hover = i; later(); tell(i, x, y);
        }
        // A click is a press without a movement; of a double click, which zooms, the first one plays and the second one stops.
        const held = new Map(); let gap = 0, moved = 0;
        canvas.onpointerdown = e => { canvas.setPointerCapture(e.pointerId); held.set(e.pointerId, [e.clientX, e.clientY]); gap = 0; moved = held.size > 1 ? 99 : 0; };
        canvas.onpointerup = e => { held.delete(e.pointerId); gap = 0; if (moved < 5) { const i = nearest(e.clientX, e.clientY); if (i >= 0) { tell(i, e.clientX, e.clientY); play(i); } } };
        canvas.onpointercancel = e => { held.delete(e.pointerId); gap = 0; };
        canvas.onpointermove = e => {
          const last = held.get(e.pointerId);
          if (!last) { const i = nearest(e.clientX, e.clientY); canvas.className = i >= 0 ? 'over' : ''; tell(i, e.clientX, e.clientY); if (i !== hover) { hover = i; later(); } return; }
          held.set(e.pointerId, [e.clientX, e.clientY]); moved += Math.hypot(e.clientX - last[0], e.clientY - last[1]);
          if (held.size === 1) { ox += e.clientX - last[0]; oy += e.clientY - last[1]; later(); }
          else { const [a, b] = [...held.values()], d = Math.hypot(a[0] - b[0], a[1] - b[1]); if (gap) zoom(d / gap, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2); gap = d; }
        };
        canvas.onpointerleave = () => { hover = -1; tell(-1); later(); };
        function zoom(f, x, y) { const s = Math.min(Math.max(scale * f, least), least * 400); ox = x - (x - ox) * s / scale; oy = y - (y - oy) * s / scale; scale = s; later(); }
        canvas.addEventListener('wheel', e => { e.preventDefault(); zoom(Math.exp(-e.deltaY * (e.deltaMode ? .05 : .0015)), e.clientX, e.clientY); }, { passive: false });
        canvas.ondblclick = e => zoom(2, e.clientX, e.clientY);
        addEventListener('keydown', e => { if (e.target.matches('input,select')) return;
          const move = { ArrowLeft: [80, 0], ArrowRight: [-80, 0], ArrowUp: [0, 80], ArrowDown: [0, -80] }[e.key]; if (move) { e.preventDefault(); ox += move[0]; oy += move[1]; later(); return; }
          const f = { '+': 1.3, '=': 1.3, '-': 1 / 1.3 }[e.key]; if (f) zoom(f, W / 2, H / 2); else if (e.key === 'Escape') play(-1); else if (e.key === '0') { fit(); later(); } else if (e.key === '/') { e.preventDefault(); document.getElementById('q').focus(); } });
        const plain = s => s.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase(); let index = null;
        document.getElementById('q').oninput = e => {
          const words = plain(e.target.value).split(/\s+/).filter(Boolean);
          index ??= map.titles.map((t, i) => plain(map.artists[i] + ' ' + t));
          hits = words.length ? index.flatMap((s, i) => words.every(w => s.includes(w)) ? [i] : []) : null;
          document.getElementById('found').textContent = hits ? (hits.length === 1 ? '1 song' : hits.length.toLocaleString('en') + ' songs') : ''; later();
          document.getElementById('hits').replaceChildren(...(hits || []).slice(0, 8).map(i => { const li = document.createElement('li'), b = document.createElement('button');
            b.textContent = map.artists[i] + ' – ' + map.titles[i]; b.title = b.textContent; b.onclick = () => { go(i); play(i); }; li.append(b); return li; }));
        };
        document.getElementById('q').onkeydown = e => { if (e.key === 'Enter' && hits && hits.length) go(hits[0]); };
        const mode = document.getElementById('mode');
        for (const [id, text] of [['genre', 'genre'], ['artist', 'artist'], ['year', 'year'], ['plays', 'plays'], ['new', 'new or played']]) mode.append(new Option(text, id, false, id === map.coloring));
        mode.onchange = () => { layer = layers[mode.value]; hidden.clear(); legend(); later(); };
        dark.addEventListener('change', () => { legend(); later(); }); addEventListener('resize', resize);
        legend(); resize();
        """#
}
