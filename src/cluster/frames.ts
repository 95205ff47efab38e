/** Longest event of a watch: etcd refuses objects above 1.5 MB, so more is not a watch. */
const eventLimit = 16 * 1024 * 1024;

/**
 * Splits a byte stream at line feeds, and gives the lines that a piece completes at a time. The rest after the last one is
 * dropped: a torn line is not an event. Throws RangeError past the limit.
 */
export async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<readonly Buffer[]> {
  let rest: Buffer[] = [];
  let restLength = 0;
  for await (const piece of body) {
    const buffer = bufferOf(piece);
    const lines: Buffer[] = [];
    let start = 0;
    for (let end = buffer.indexOf(10); end >= 0; end = buffer.indexOf(10, start)) {
      const line =
        rest.length > 0 ? Buffer.concat([...rest, buffer.subarray(start, end)]) : buffer.subarray(start, end);
      if (!isBlank(line)) lines.push(line);
      rest = [];
      restLength = 0;
      start = end + 1;
    }
    if (start < buffer.length) {
      rest.push(buffer.subarray(start));
      restLength += buffer.length - start;
    }
    if (restLength > eventLimit) throw new RangeError('a line of a watch is longer than 16 MiB');
    if (lines.length > 0) yield lines;
  }
}

/**
 * Splits a byte stream into frames, each after its length in four bytes, the highest first; gives those that a piece
 * completes at a time. A torn frame is dropped. Throws RangeError past the limit.
 */
export async function* framesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<readonly Buffer[]> {
  let rest: Buffer[] = [];
  let restLength = 0;
  let wanted = 4;
  for await (const piece of body) {
    rest.push(bufferOf(piece));
    restLength += piece.length;
    if (restLength < wanted) continue;
    const buffer = rest.length > 1 ? Buffer.concat(rest) : bufferOf(piece);
    const frames: Buffer[] = [];
    let start = 0;
    for (wanted = 4; buffer.length - start >= wanted; wanted = 4) {
      wanted = 4 + buffer.readUInt32BE(start);
      if (wanted > eventLimit) throw new RangeError('an event of a watch is longer than 16 MiB');
      if (buffer.length - start < wanted) break;
      frames.push(buffer.subarray(start + 4, start + wanted));
      start += wanted;
    }
    rest = [buffer.subarray(start)];
    restLength = buffer.length - start;
    if (frames.length > 0) yield frames;
  }
}

/** Empty but for what some proxies leave of a line end. */
function isBlank(line: Buffer): boolean {
  return line.length === 0 || (line.length === 1 && line[0] === 13);
}

function bufferOf(piece: Uint8Array): Buffer {
  return Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
}
