/** Longest line a watch may send: etcd refuses objects above 1.5 MB, so more is not a watch. */
const lineLimit = 16 * 1024 * 1024;

/** Splits a byte stream at line feeds. The rest after the last one is dropped: a torn line is not an event. Throws RangeError past the limit. */
export async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let rest: Buffer[] = [];
  let restLength = 0;
  for await (const piece of body) {
    const buffer = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    let start = 0;
    for (let end = buffer.indexOf(10); end >= 0; end = buffer.indexOf(10, start)) {
      const line = Buffer.concat([...rest, buffer.subarray(start, end)]).toString('utf8');
      rest = [];
      restLength = 0;
      start = end + 1;
      if (line.trim() !== '') yield line;
    }
    if (start < buffer.length) {
      rest.push(buffer.subarray(start));
      restLength += buffer.length - start;
    }
    if (restLength > lineLimit) throw new RangeError('a line of a watch is longer than 16 MiB');
  }
}
