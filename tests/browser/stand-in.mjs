// Takes the server's place at its port and gives the answers that a sound server seldom gives.
import { createServer as createHttp1 } from "node:http";
import { createServer as createHttp2 } from "node:http2";
import { createServer as createTcp } from "node:net";

const GRPC = { ":status": 200, "content-type": "application/grpc" };

/** A field of a protobuf message with a length: texts and messages. */
function field(number, content) {
  const bytes = Buffer.from(content);
  const length = [];
  for (let rest = bytes.length; ; rest >>>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) break;
  }
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), bytes]);
}

const any = (type, message) => field(3, Buffer.concat([field(1, `type.googleapis.com/${type}`), field(2, message)]));

/** A refusal as the server makes it: status, words, reason, and one more detail of google.rpc. */
function refusal(status, words, reason, detail = Buffer.alloc(0)) {
  const info = any("google.rpc.ErrorInfo", Buffer.concat([field(1, reason), field(2, "telemetry")]));
  const details = Buffer.concat([Buffer.from([8, status]), field(2, words), info, detail]);
  return {
    ...GRPC,
    "grpc-status": String(status),
    "grpc-message": words,
    "grpc-status-details-bin": details.toString("base64").replace(/=+$/, ""),
  };
}

const retryIn = (seconds) => any("google.rpc.RetryInfo", field(1, Buffer.from([8, seconds])));
const violation = (path, rule) => any("google.rpc.BadRequest", field(1, Buffer.concat([field(1, path), field(2, rule)])));

const http2 = (headers, body) => () => createHttp2().on("stream", (stream) => {
  stream.on("error", () => {});
  stream.respond(headers, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
});

/** Takes a report and resets the connection in place of an answer: earlier, and how much left would be a race. */
function cutAfterReport(socket) {
  let received = Buffer.alloc(0);
  socket.on("error", () => {}).on("data", (bytes) => {
    received = Buffer.concat([received, bytes]);
    if (hasData(received)) socket.resetAndDestroy();
  });
}

/** Whether a whole data frame is among what a client of HTTP/2 sent (RFC 9113, 3.4, 4.1 and 6.1). */
function hasData(bytes) {
  for (let at = 24; at + 9 <= bytes.length;) {
    const end = at + 9 + bytes.readUIntBE(at, 3);
    if (bytes[at + 3] === 0 && end <= bytes.length) return true;
    at = end;
  }
  return false;
}

export const standIns = {
  rejected: http2(refusal(3, "The report breaks rules.", "REPORT_INVALID",
    violation("environment.country", "must be an ISO 3166-1 alpha-2 code"))),
  busy: http2(refusal(8, "The server is busy.", "OVERLOADED", retryIn(30))),
  failing: http2(refusal(13, "The server failed. Its log has the particulars under incident 7.", "INTERNAL_ERROR")),
  foreign: http2({ ":status": 200, "content-type": "text/html" }, "<p>It works!</p>"),
  http1: () => createHttp1((_, response) => response.end("HTTP/1.1 it is")),
  rude: () => createTcp(cutAfterReport),
  silent: () => createTcp((socket) => socket.on("error", () => {}).resume()),
};

/** Listens at a port of this machine, any free one when it is 0. */
export function stand(make, port) {
  const server = make();
  const sockets = new Set();
  server.on("connection", (socket) => sockets.add(socket.once("close", () => sockets.delete(socket))));
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve({
      port: server.address().port,
      leave: () => new Promise((gone) => {
        server.close(gone);
        sockets.forEach((socket) => socket.destroy());
      }),
    }));
  });
}
