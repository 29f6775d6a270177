// Reads a package's QR code: by the browser itself where it can, else by jsQR.
const EVERY_MS = 200;
const LONGEST_PX = 640;
const FALLBACK = "/static/vendor/jsQR.js";

export function isNative() {
  return "BarcodeDetector" in window;
}

async function reader() {
  if (isNative() && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async (video) => (await detector.detect(video))[0]?.rawValue ?? "";
  }
  await import(FALLBACK);
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    const scale = Math.min(1, LONGEST_PX / Math.max(video.videoWidth, video.videoHeight));
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
    return self.jsQR(data, width, height)?.data ?? "";
  };
}

/** Show the camera in `video` and read until `isOver()`; gives the code, or "" when it is over. */
export async function scan(video, isOver) {
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { facingMode: "environment" }, audio: false,
  });
  try {
    const look = await reader();
    video.srcObject = stream;
    await video.play();
    while (!isOver()) {
      const code = video.videoWidth ? await look(video).catch(() => "") : "";
      if (code) return code.trim();
      await new Promise((done) => setTimeout(done, EVERY_MS));
    }
    return "";
  } finally {
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  }
}
