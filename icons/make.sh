#!/bin/sh
# Draws every icon size from the two SVG sources. Needs rsvg-convert and ImageMagick; the results are committed.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

draw() { # size file
  source=ranzen.svg
  [ "$1" -gt 24 ] || source=ranzen-small.svg
  rsvg-convert --width "$1" --height "$1" "$source" --output "$2"
}

draw 32 32x32.png
draw 64 64x64.png
draw 128 128x128.png
draw 256 128x128@2x.png
draw 512 icon.png
for size in 16 24 32 48 64 128 256; do draw "$size" "$work/$size.png"; done
convert "$work/16.png" "$work/24.png" "$work/32.png" "$work/48.png" "$work/64.png" "$work/128.png" "$work/256.png" icon.ico
for size in 16 32 64 128 256 512 1024; do draw "$size" "$work/$size.png"; done

# An icns file is a header and one chunk per size: type, length, PNG.
python3 - "$work" <<'PYTHON'
import pathlib, struct, sys
work = pathlib.Path(sys.argv[1])
kinds = [("icp4", 16), ("icp5", 32), ("ic11", 32), ("icp6", 64), ("ic12", 64), ("ic07", 128),
         ("ic13", 256), ("ic08", 256), ("ic14", 512), ("ic09", 512), ("ic10", 1024)]
body = b""
for kind, size in kinds:
    png = (work / f"{size}.png").read_bytes()
    body += kind.encode() + struct.pack(">I", len(png) + 8) + png
pathlib.Path("icon.icns").write_bytes(b"icns" + struct.pack(">I", len(body) + 8) + body)
PYTHON
for size in 30 44 71 89 107 142 150 284 310; do draw "$size" "Square${size}x${size}Logo.png"; done
draw 50 StoreLogo.png
