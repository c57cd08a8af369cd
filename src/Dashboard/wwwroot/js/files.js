// Hands what the app has made to the browser as a file.
const give = (name, blob) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
};

// A map names its shapes in a file of their own; a picture holds them itself.
const whole = async (svg) => {
  const uses = [...svg.matchAll(/<use href="([^"#]+)#([^"]+)"([^>]*)\/>/g)];
  if (uses.length === 0) return svg;
  const shapes = new DOMParser().parseFromString(await (await fetch(uses[0][1])).text(), "image/svg+xml");
  return svg.replace(/<use href="[^"#]+#([^"]+)"([^>]*)\/>/g, (_, id, rest) => `<path d="${shapes.getElementById(id)?.getAttribute("d") ?? ""}"${rest}/>`);
};

export const save = async (name, type, text) =>
  give(name, new Blob([type.startsWith("image/svg") ? await whole(text) : text], { type }));

export const savePng = async (name, svg) => {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(await whole(svg))}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: image.width * 2, height: image.height * 2 });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  give(name, await new Promise((done) => canvas.toBlob(done, "image/png")));
};
