/// What pages that are read, rather than walked about in, have in common.
enum PageStyle {
    static func head(title: String, style: String) -> String {
        func colors(_ palette: MapPalette) -> String {
            "--ground:\(palette.background.hex);--panel:\(palette.panel.hex);--ink:\(palette.text.hex);--faint:\(palette.faint.hex);"
                + "--blue:\(palette.categories[0].hex);--orange:\(palette.categories[1].hex);--green:\(palette.categories[2].hex)"
        }
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
            <title>\(title)</title><style>
            :root{color-scheme:light dark;\(colors(.light))}
            @media (prefers-color-scheme: dark){:root{\(colors(.dark))}}
            *{box-sizing:border-box}
            body{margin:0 auto;padding:32px 24px 80px;max-width:1280px;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif}
            h1{font-size:26px;line-height:1.2;margin:0 0 10px;letter-spacing:-.01em}
            h2{font-size:17px;margin:36px 0 10px}
            header p,.note{max-width:110ch;margin:0 0 8px;color:var(--faint)}
            .card{background:var(--panel);border:1px solid color-mix(in srgb,var(--ink) 10%,transparent);border-radius:14px}
            a{color:var(--blue)}button{font:inherit;color:inherit}
            :focus-visible{outline:2px solid var(--blue);outline-offset:2px}
            \(style)
            </style></head><body>

            """
    }
}
