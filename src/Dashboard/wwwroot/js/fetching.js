// The browser's fetch for the app: one request, and its answer piece by piece.
export function send(path, headers, body) {
  const stop = new AbortController();
  const pairs = [];
  for (let i = 0; i < headers.length; i += 2) pairs.push([headers[i], headers[i + 1]]);
  // The bytes are the app's memory, which moves: they are copied before anything waits.
  const answer = fetch(path, { method: body ? "POST" : "GET", headers: pairs, body: body ? body.slice() : undefined, signal: stop.signal, cache: "no-store" });
  answer.catch(() => { }); // Told to whoever waits for it.
  return { stop, answer };
}
export async function answered(call) {
  const answer = await call.answer;
  call.status = answer.status;
  call.told = [...answer.headers].flat();
  call.body = answer.body?.getReader();
}
export const headers = call => call.told;
export async function read(call) {
  const { done, value } = await call.body?.read() ?? { done: true };
  call.piece = value;
  return done ? -1 : value.length;
}
export const take = call => call.piece;
export const abort = call => call.stop.abort();
