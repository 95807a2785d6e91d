// Builds what the pages load from the sources beside this file: two stylesheets (left to right, and mirrored), one
// script, the mark, and the world's land as a template. Names carry a digest; .gz and .br lie beside each file.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { geoEqualEarth, geoPath } from "d3-geo";
import esbuild from "esbuild";
import postcss from "postcss";
import rtlcss from "rtlcss";
import * as sass from "sass";
import { feature } from "topojson-client";

const here = new URL(".", import.meta.url);
const out = new URL("../gnlc_apply/static/", here);
const macros = new URL("../templates/macros/", here);
const banner = "/*! Parts: GOV.UK Frontend 6.3.0, MIT Licence, (c) Crown Copyright (Government Digital Service) */\n";

// The few colours of GOV.UK's own palette that its settings do not reach, in ours.
const ours = {
  "#f3f3f3": "#edeae2", "#0f7a52": "#1e6b4a", "#0b5c3e": "#0d3b59", "#083d29": "#0d3b59", "#651b1b": "#6d1728",
  "#cecece": "#d9d5ca", "#ca3535": "#a4243b", "#0f385c": "#0d3b59", "#0b0c0c": "#14213d", "#982828": "#851c36",
  "#858686": "#8793a6", "#1d70b8": "#155e8a", "#f4f8fb": "#ffffff", "#d2e2f1": "#e3eef5", "#cfe4dc": "#e2f0e8",
};

const tokens = readFileSync(new URL("scss/_tokens.scss", here), "utf8");
const own = ["_content", "_plots"].map((name) => readFileSync(new URL(`scss/${name}.scss`, here), "utf8")).join();
const known = new Set(`${tokens}${own}${Object.values(ours)} #fff #000 #000000`.match(/#[0-9a-f]{3,6}\b/g));

// Takes out the tag colours nobody uses, sets our palette, drops the second copy of each colour in var(--x, #copy),
// and refuses a colour that is not in the tokens.
const recolour = {
  postcssPlugin: "recolour",
  OnceExit(root) {
    root.walkRules(/^\.govuk-tag--[a-z]+$/, (rule) => rule.remove());
    root.walkDecls((declaration) => {
      let value = declaration.value.replace(/#[0-9a-f]{3,6}\b/gi, (colour) => ours[colour] ?? colour);
      value = value.replace(/var\((--govuk-[a-z-]+-colour), ?#[0-9a-f]+\)/g, "var($1)");
      for (const colour of value.match(/#[0-9a-f]{3,6}\b/gi) ?? [])
        if (!known.has(colour)) throw new Error(`${colour} in ${declaration.parent.selector} is not one of our tokens`);
      declaration.value = value;
    });
  },
};

function styles() {
  const built = sass.compile(new URL("scss/app.scss", here).pathname, {
    loadPaths: [new URL("node_modules", here).pathname],
    quietDeps: true,
  });
  const css = postcss([recolour]).process(built.css, { from: undefined }).css;
  const minified = (text) => banner + esbuild.transformSync(text, { loader: "css", minify: true, target: "es2020" }).code;
  return { "app.css": minified(css), "app.rtl.css": minified(rtlcss.process(css)) };
}

function script() {
  const built = esbuild.buildSync({
    entryPoints: [new URL("js/app.mjs", here).pathname],
    bundle: true, minify: true, format: "esm", target: "es2020", write: false, legalComments: "none",
  });
  return banner + built.outputFiles[0].text;
}

function land() {
  const world = JSON.parse(readFileSync(new URL("node_modules/world-atlas/land-110m.json", here), "utf8"));
  const projection = geoEqualEarth().scale(180).translate([487.5, 237.5]);
  const path = geoPath(projection).digits(1)(feature(world, world.objects.land));
  return (
    "{# The world's land without borders: Equal Earth, viewBox 0 0 975 475, gnlc_apply/web/projection.py places points" +
    "\n   on it. Natural Earth (public domain) through world-atlas; built by assets/build.mjs. #}\n" +
    `<path class="gn-map__land" d="${path}"/>\n`
  );
}

const types = { css: "text/css; charset=utf-8", js: "text/javascript; charset=utf-8", svg: "image/svg+xml" };
const files = { ...styles(), "app.js": script(), "mark.svg": readFileSync(new URL("images/mark.svg", here), "utf8").trim() };

mkdirSync(out, { recursive: true });
mkdirSync(macros, { recursive: true });
for (const name of readdirSync(out)) if (/^(app|mark)\.|^manifest\.json$/.test(name)) rmSync(new URL(name, out));

const manifest = {};
for (const [name, text] of Object.entries(files).sort()) {
  const bytes = Buffer.from(text);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const [stem, extension] = [name.slice(0, name.lastIndexOf(".")), name.slice(name.lastIndexOf(".") + 1)];
  const file = `${stem}.${sha256.slice(0, 12)}.${extension}`;
  const gz = gzipSync(bytes, { level: 9 });
  const br = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
  writeFileSync(new URL(file, out), bytes);
  writeFileSync(new URL(`${file}.gz`, out), gz);
  writeFileSync(new URL(`${file}.br`, out), br);
  manifest[name] = { file, type: types[extension], sha256 };
  console.log(`${file}: ${bytes.length} bytes, gz ${gz.length}, br ${br.length}`);
}
writeFileSync(new URL("manifest.json", out), `${JSON.stringify(manifest, null, 2)}\n`);
writeFileSync(new URL("land_path.svg", macros), land());
