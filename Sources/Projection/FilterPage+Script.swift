/// The page's fixed parts.
extension FilterPage {
    static let style = """
        .first{margin:20px 0}.first summary{cursor:pointer;font-weight:600}
        .first div{margin-top:10px;background:#fff;border-radius:14px;padding:8px;overflow-x:auto;border:1px solid color-mix(in srgb,var(--ink) 10%,transparent)}
        .first img{display:block;max-width:100%;height:auto;min-width:720px;margin-bottom:-44px}.first div{overflow-y:hidden}
        nav{position:sticky;top:0;z-index:2;display:flex;gap:6px;flex-wrap:wrap;padding:10px 0;background:var(--ground)}
        nav button{border:1px solid color-mix(in srgb,var(--ink) 15%,transparent);background:var(--panel);border-radius:999px;padding:5px 14px;cursor:pointer}
        nav button[aria-pressed=true]{background:var(--ink);color:var(--ground);border-color:var(--ink)}
        .tools{display:flex;flex-wrap:wrap;gap:10px 18px;align-items:center;margin:4px 0 16px}.tools p{margin:0;flex:1 1 420px;color:var(--faint)}
        .tools input[type=search]{font:inherit;color:inherit;background:var(--panel);border:1px solid color-mix(in srgb,var(--ink) 18%,transparent);border-radius:9px;padding:6px 12px;width:270px}
        main{display:grid;grid-template-columns:repeat(auto-fill,minmax(380px,1fr));gap:16px}
        .unit{padding:14px 16px;min-width:0}
        .top{display:flex;gap:12px;align-items:flex-start}.top>div{flex:1;min-width:0}
        .unit h3{margin:0;font-size:16px;line-height:1.3}.unit .id{color:var(--faint);font-size:12.5px;font-variant-numeric:tabular-nums}
        .unnamed h3{color:var(--faint);font-weight:500}
        .why{margin:2px 0 0;font-size:12.5px;line-height:1.4;color:var(--faint)}
        .weights{width:26px;height:84px;image-rendering:pixelated;border-radius:4px;border:1px solid color-mix(in srgb,var(--ink) 18%,transparent);flex:none}
        .strips{display:grid;grid-template-columns:repeat(3,1fr);gap:8px;margin:12px 0 6px}
        .moment{border:0;background:none;padding:0;text-align:left;cursor:pointer;min-width:0}
        .strip{position:relative;display:block;border-radius:7px;overflow:hidden;background:#000004}
        .strip img{display:block;width:100%;height:64px}
        .strip i{position:absolute;top:0;bottom:0;border:1.5px solid #fff;border-radius:3px;box-shadow:0 0 0 1px #0008;mix-blend-mode:normal}
        .moment:hover .strip{box-shadow:0 0 0 2px var(--blue)}.moment.on .strip{box-shadow:0 0 0 2px var(--orange)}
        .moment small{display:block;font-size:12px;line-height:1.3;margin-top:4px;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
        .moment em{font-style:normal;color:var(--faint);font-variant-numeric:tabular-nums}
        .unit details{font-size:13px}.unit summary{cursor:pointer;color:var(--faint)}
        .lists{display:grid;grid-template-columns:1fr 1fr;gap:14px;margin-top:6px}.lists b{font-weight:600;font-size:12.5px}
        ol{margin:2px 0;padding-left:22px}li{line-height:1.45}li button{border:0;background:none;padding:0;cursor:pointer;text-align:left;font-size:12.5px;max-width:100%}
        li button:hover{color:var(--blue)}li em{font-style:normal;color:var(--faint);font-variant-numeric:tabular-nums}
        .montage{display:inline-block;font-size:13px;margin:2px 0 4px}.ends{display:grid;grid-template-columns:1fr 1fr;gap:16px;margin-top:8px}.ends h4{margin:0;font-size:14.5px}.ends h4.none{color:var(--faint);font-weight:500}.ends ol{font-size:12.5px}.ends li button{vertical-align:top}
        @media (max-width:480px){main{grid-template-columns:1fr}.tools input[type=search]{width:100%}}
        """

    static let script = """
        const byId = id => document.getElementById(id), audio = byId('audio');
        let layer = 0, shown = 0, found = [], playing = null, stopAt = 0;
        const clock = s => Math.floor(s / 60) + ':' + (s % 60).toFixed(1).padStart(4, '0');
        const text = (tag, value, name) => { const e = document.createElement(tag); e.textContent = value; if (name) e.className = name; return e; };
        const image = (data, alt) => { const e = new Image(); e.src = 'data:image/png;base64,' + data; e.alt = alt; return e; };
        function sound(button, url, start, end) {
          if (playing) playing.classList.remove('on');
          if (!url || playing === button) { audio.pause(); playing = null; return; }
          playing = button; button.classList.add('on');
          audio.src = url; stopAt = end || Infinity;
          audio.onloadedmetadata = () => { audio.currentTime = start; audio.play().catch(() => {}); };
        }
        function play(button, m) {
          const span = Math.max(3, (page.layers[layer] || page.layers[0]).reach), start = Math.max(0, m.second - span / 2);
          sound(button, page.songs[m.song].url, start, start + span + 1);
        }
        audio.onended = audio.onerror = () => { if (playing) playing.classList.remove('on'); playing = null; };
        audio.ontimeupdate = () => { if (audio.currentTime > stopAt) { audio.pause(); if (playing) playing.classList.remove('on'); playing = null; } };
        function moment(m, l) {
          const b = document.createElement('button'), song = page.songs[m.song]; b.className = 'moment';
          b.title = song.artist + ' - ' + song.title + ', ' + clock(m.second) + ', activation ' + m.activation + (song.url ? ': click to listen' : '');
          const strip = document.createElement('span'); strip.className = 'strip';
          strip.append(image(m.strip, 'spectrogram of ' + l.shown.toFixed(1) + ' s around ' + clock(m.second)));
          const field = document.createElement('i'), width = Math.max(2.5, 100 * l.reach / l.shown);
          field.style.left = (50 - width / 2) + '%'; field.style.width = width + '%'; strip.append(field);
          const name = document.createElement('small'); name.append(text('em', clock(m.second) + ' '), song.title);
          b.append(strip, name); b.onclick = () => play(b, m); return b;
        }
        function list(title, moments) {
          const box = document.createElement('div'); box.append(text('b', title)); const ol = document.createElement('ol');
          for (const m of moments) { const li = document.createElement('li'), b = document.createElement('button'), song = page.songs[m.song];
            b.append(song.artist + ' - ' + song.title + ' ', text('em', clock(m.second) + ' · ' + m.activation)); b.onclick = () => play(b, m); li.append(b); ol.append(li); }
          box.append(ol); return box;
        }
        function card(u, l) {
          const c = document.createElement('article'); c.className = 'unit card' + (u.isNamed ? '' : ' unnamed'); c.id = l.name + '/' + u.index;
          const top = document.createElement('div'); top.className = 'top';
          if (u.weights) { const w = image(u.weights, 'weights: time to the right, frequency upwards'); w.className = 'weights'; top.append(w); }
          const head = document.createElement('div'); head.append(text('span', l.name + '/' + u.index, 'id'), text('h3', u.label));
          for (const e of u.evidence) head.append(text('p', e, 'why'));
          top.append(head); c.append(top);
          const strips = document.createElement('div'); strips.className = 'strips';
          for (const m of u.moments) if (m.strip) strips.append(moment(m, l));
          if (strips.children.length) c.append(strips);
          if (u.montage) { const b = text('button', 'listen: ' + u.moments.length + ' moments in a row', 'montage'); b.onclick = () => sound(b, u.montage, 0, 0); c.append(b); }
          if (u.moments.length) { const d = document.createElement('details'); d.append(text('summary', 'its songs'));
            d.ontoggle = () => { if (d.open && d.children.length === 1) { const lists = document.createElement('div'); lists.className = 'lists';
              lists.append(list('Highest maximum', u.moments), list('Highest mean', u.means)); d.append(lists); } };
            c.append(d); }
          return c;
        }
        function factor(f) {
          const c = document.createElement('article'); c.className = 'unit card'; c.id = 'factor/' + f.index;
          c.append(text('span', 'factor ' + f.index + ' · ' + (100 * f.share).toFixed(1) + ' % of the variance' + (f.heard == null ? '' : ' · sound and plays correlate by ' + f.heard.toFixed(2)), 'id'));
          const ends = document.createElement('div'); ends.className = 'ends';
          for (const [sign, e] of [['+', f.high], ['−', f.low]]) { const box = document.createElement('div'), ol = document.createElement('ol');
            box.append(text('h4', sign + ' ' + (e.words || 'nothing in common'), e.words ? '' : 'none'));
            for (const w of e.evidence) box.append(text('p', w, 'why'));
            for (const i of e.songs) { const s = page.songs[i], li = document.createElement('li'), b = text('button', s.artist + ' - ' + s.title); b.onclick = () => sound(b, s.url, 0, 0); li.append(b); ol.append(li); }
            box.append(ol); ends.append(box); }
          c.append(ends); return c;
        }
        const onFactors = () => page.factors && layer === page.layers.length;
        function drawFactors() {
          const q = byId('q').value.trim().toLowerCase(), only = byId('named').checked, told = e => (e.words || '') + ' ' + e.evidence.join(' ') + ' ' + e.songs.map(i => page.songs[i].artist + ' - ' + page.songs[i].title).join(' ');
          const list = page.factors.factors.filter(f => (!only || f.high.words || f.low.words) && (!q || (told(f.high) + ' ' + told(f.low)).toLowerCase().includes(q)));
          byId('layer').textContent = page.factors.about.join(' ') + (list.length < page.factors.factors.length ? ' ' + list.length + ' shown.' : '');
          found = []; shown = 0; byId('units').replaceChildren(...list.map(factor));
        }
        function more() { if (onFactors()) return; const l = page.layers[layer], end = Math.min(found.length, shown + 24); for (; shown < end; shown++) byId('units').append(card(found[shown], l)); }
        function draw() {
          [...byId('layers').children].forEach((b, i) => b.setAttribute('aria-pressed', i === layer));
          if (onFactors()) return drawFactors();
          const l = page.layers[layer], q = byId('q').value.trim().toLowerCase(), only = byId('named').checked;
          const hit = u => !q || (l.name + '/' + u.index + ' ' + u.label + ' ' + u.evidence.join(' ')).toLowerCase().includes(q)
            || u.moments.slice(0, 5).some(m => (page.songs[m.song].artist + ' - ' + page.songs[m.song].title).toLowerCase().includes(q));
          found = l.units.filter(u => (!only || u.isNamed) && hit(u)).sort((a, b) => b.isNamed - a.isNamed); shown = 0;
          const dead = l.units.filter(u => !u.moments.length).length, named = l.units.filter(u => u.isNamed).length;
          byId('layer').textContent = l.units.length + ' units, each hears ' + (l.reach < 1 ? Math.round(1000 * l.reach) + ' ms' : l.reach.toFixed(1) + ' s')
            + ' at once; ' + named + ' with a name' + (dead ? ', ' + dead + ' dead (no song excites them)' : '') + (l.about ? '; ' + l.about : '') + (found.length < l.units.length ? '; ' + found.length + ' shown' : '');
          byId('units').replaceChildren(); more();
        }
        [...page.layers.map(l => l.name), ...(page.factors ? ['factors'] : [])].forEach((name, i) => { const b = text('button', name); b.onclick = () => { layer = i; location.hash = name; draw(); }; byId('layers').append(b); });
        byId('q').oninput = draw; byId('named').onchange = draw;
        new IntersectionObserver(e => { if (e[0].isIntersecting) more(); }, { rootMargin: '900px' }).observe(byId('more'));
        const wanted = location.hash.slice(1).split('/')[0]; layer = wanted === 'factors' && page.factors ? page.layers.length : Math.max(0, page.layers.findIndex(l => l.name === wanted)); draw();
        """
}
