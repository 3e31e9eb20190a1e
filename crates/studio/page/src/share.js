// A link that holds everything: the files and the record, packed into the part of a URL that browsers never send.
import { isOfFormat, MODULE_FIELDS } from "./files.js";
import { deflateSync, inflateSync, strFromU8, strToU8, zipSync } from "fflate";

/** Browsers take links of this length, and most programs that people send links with. */
export const LONG_LINK = 8_000;

/** The largest content that a link may unpack to. */
const MOST = 32 << 20;

/** What is shared, as text for a link. */
export function pack(shared) {
  const bytes = deflateSync(strToU8(JSON.stringify(shared)), { level: 9 });
  let text = "";
  for (let start = 0; start < bytes.length; start += 0x8000) text += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** What a link holds. Throws an error with words for people. */
export function unpack(packed) {
  let shared;
  try {
    const bytes = Uint8Array.from(atob(packed.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
    const room = new Uint8Array(Math.min(MOST, 64 + 1100 * bytes.length));
    shared = JSON.parse(strFromU8(inflateSync(bytes, { out: room })));
  } catch {
    throw new Error("this link is damaged: it was cut, or changed on its way");
  }
  const isText = (value) => typeof value === "string";
  // Who made the link is not known: what is no file of a format is left out.
  const files = Object.entries(shared?.files ?? {}).filter(([path]) => isOfFormat(path) || path === MODULE_FIELDS);
  if (!files.length || !files.every(([path, text]) => isText(path) && isText(text))) throw new Error("this link holds no format");
  const text = (name) => (isText(shared[name]) ? shared[name] : "");
  return { files: Object.fromEntries(files), readOnly: [MODULE_FIELDS], lines: text("lines"), shown: text("shown"), name: text("name") || "shared format" };
}

/** A format as a zip, in a folder of its name; where its module declares fields, in a folder of the module. */
export function zip(files, name) {
  const folder = name.replace(/[^\w.-]+/g, "_").replace(/^\.+/, "") || "format";
  const module = files.has(MODULE_FIELDS) ? `${folder}-module/` : "";
  const place = (path) => (path === MODULE_FIELDS ? `${module}_meta/fields.yml` : `${module}${folder}/${path}`);
  return zipSync(Object.fromEntries([...files].map(([path, text]) => [place(path), strToU8(text)])));
}
