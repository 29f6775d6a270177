// A photo leaves the phone small and without place, device or time data: it is drawn anew, and
// whatever stands beside the picture is cut out.
const LONGEST_PX = 1280;
const QUALITY = 0.72;
const SCAN = 0xda;
const COMMENT = 0xfe;

/** Draw a picture anew as a JPEG of at most 1280 px; gives its bytes. */
export async function redraw(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST_PX / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  return strip(new Uint8Array(await blob.arrayBuffer()));
}

/** Cut out every application segment but JFIF (Exif, XMP, colour profile) and comments. */
export function strip(bytes) {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) throw new Error("not a JPEG");
  const kept = [bytes.slice(0, 2)];
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const kind = bytes[at + 1];
    if (kind === SCAN) {
      kept.push(bytes.slice(at));
      return new Blob(kept, { type: "image/jpeg" }).arrayBuffer();
    }
    const end = at + 2 + bytes[at + 2] * 256 + bytes[at + 3];
    if (!((kind >= 0xe1 && kind <= 0xef) || kind === COMMENT)) kept.push(bytes.slice(at, end));
    at = end;
  }
  throw new Error("not a whole JPEG");
}
