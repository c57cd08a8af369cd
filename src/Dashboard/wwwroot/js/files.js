// Hands what the app has made to the browser as a file.
const give = (name, blob) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
};

// A map names its shapes in a file of their own; a picture holds them itself.
const use = /<use href="([^"#]+)#([^"]+)"([^>]*)\/>/g;
const whole = async (svg) => {
  const [first] = svg.matchAll(use);
  if (!first) return svg;
  const shapes = new DOMParser().parseFromString(await (await fetch(first[1])).text(), "image/svg+xml");
  const draw = (id) => [...shapes.querySelectorAll(`#${id}, #${id} path`)].map((shape) => shape.getAttribute("d")).join("");
  return svg.replace(use, (_, file, id, rest) => `<path d="${draw(id)}"${rest}/>`);
};

// The theme that was chosen here, else the system's.
export const isDark = () => {
  const theme = document.documentElement.dataset.theme;
  return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
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
