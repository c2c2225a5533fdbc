/// The page's fixed parts.
enum MapPage {
    static func head(title: String) -> String {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
        <title>\(title)</title><style>
        :root{color-scheme:light dark;--ground:\(MapPalette.light.background.hex);--panel:\(MapPalette.light.panel.hex);--ink:\(MapPalette.light.text.hex);--faint:\(MapPalette.light.faint.hex)}
        @media (prefers-color-scheme: dark){:root{--ground:\(MapPalette.dark.background.hex);--panel:\(MapPalette.dark.panel.hex);--ink:\(MapPalette.dark.text.hex);--faint:\(MapPalette.dark.faint.hex)}}
        *{box-sizing:border-box}html,body{margin:0;height:100%;overflow:hidden;background:var(--ground);color:var(--ink);font:15px/1.4 system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif}
        canvas{position:fixed;inset:0;width:100%;height:100%;cursor:grab;touch-action:none}canvas.over{cursor:pointer}
        .panel{position:fixed;background:color-mix(in srgb,var(--panel) 92%,transparent);border:1px solid color-mix(in srgb,var(--ink) 12%,transparent);border-radius:12px;box-shadow:0 4px 18px #0002}
        #side{top:16px;right:16px;width:236px;padding:14px 16px;max-height:calc(100% - 32px);overflow:auto}
        h1{font-size:15px;margin:0 0 10px;line-height:1.3}
        input,select,button{font:inherit;color:inherit;background:var(--ground);border:1px solid color-mix(in srgb,var(--ink) 18%,transparent);border-radius:8px;padding:6px 10px;width:100%}
        label{display:block;font-size:12px;color:var(--faint);margin:10px 0 4px}
        #legend{list-style:none;margin:12px 0 0;padding:0}#legend button{display:flex;gap:9px;align-items:center;border:0;background:none;padding:3px 0;text-align:left;cursor:pointer}
        #legend i{flex:none;width:12px;height:12px;border-radius:50%}#legend span{flex:1;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}#legend em{font-style:normal;color:var(--faint);font-size:13px}
        #legend .off{opacity:.45;text-decoration:line-through}.ramp{height:12px;border-radius:6px;margin:8px 0 4px}.ends{display:flex;justify-content:space-between;font-size:13px;color:var(--faint)}
        #tip{pointer-events:none;padding:8px 12px;max-width:300px;display:none;z-index:2}#tip b{display:block}#tip small{color:var(--faint)}
        #found,#now{font-size:12px;color:var(--faint);min-height:17px;margin:4px 0 0}#now:empty{display:none}
        #hits{list-style:none;margin:2px 0 0;padding:0}#hits button{border:0;background:none;padding:3px 0;text-align:left;cursor:pointer;font-size:13px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}#hits button:hover{text-decoration:underline}
        :focus-visible{outline:2px solid currentColor;outline-offset:2px}canvas:focus-visible{outline-offset:-3px}
        @media (max-width:640px){#side{top:auto;bottom:12px;left:12px;right:12px;width:auto;max-height:38%}}
        </style></head><body>
        <canvas id="c" tabindex="0" role="img" aria-label="\(title). Arrow keys move, + and − zoom, 0 shows all, / searches; the songs found are buttons that play."></canvas>
        <section class="panel" id="side"><h1>\(title)</h1>
        <input id="q" type="search" placeholder="Find a song or artist" aria-label="Find a song or artist" autocomplete="off"><div id="found" aria-live="polite"></div><ul id="hits" aria-label="Songs found"></ul><p id="now" role="status"></p>
        <label for="mode">Colours show</label><select id="mode"></select><ul id="legend"></ul></section>
        <div class="panel" id="tip"></div><audio id="audio"></audio>

        """
    }
}
