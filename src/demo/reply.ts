import type { ServerResponse } from 'node:http';
import { protobufType } from '../wire/envelope.ts';
import type { JsonObject } from '../wire/json.ts';
import { binaryEventOf, binaryOf, hasBinaryForm } from './binaryForm.ts';

/** Answers one request in the form that it asked for: binary where there is such a form of the answer, else JSON. */
export class Reply {
  readonly response: ServerResponse;
  readonly #binary: boolean;

  constructor(response: ServerResponse, binary: boolean) {
    this.response = response;
    this.#binary = binary;
  }

  send(status: number, answer: JsonObject | string): void {
    const binary = this.#binary && typeof answer !== 'string' ? binaryOf(answer) : undefined;
    if (binary) this.#send(status, protobufType, binary);
    else if (typeof answer === 'string') this.#send(status, 'text/plain; charset=utf-8', Buffer.from(answer));
    else this.#send(status, 'application/json', Buffer.from(`${JSON.stringify(answer)}\n`));
  }

  /** Begins a watch of a kind; what it answers writes one event. `binaryToo`: the kind's binary form has all it takes. */
  stream(kind: string, binaryToo: boolean): (type: string, object: JsonObject) => void {
    const binary = this.#binary && binaryToo && hasBinaryForm(kind);
    this.response.writeHead(200, {
      'content-type': binary ? `${protobufType};stream=watch` : 'application/json',
      'cache-control': 'no-cache, private',
    });
    this.response.flushHeaders();
    return (type, object) => {
      const frame = binary ? binaryEventOf(type, object) : undefined;
      this.response.write(frame ?? `${JSON.stringify({ type, object })}\n`);
    };
  }

  #send(status: number, type: string, body: Buffer): void {
    this.response.writeHead(status, {
      'content-type': type,
      'content-length': body.length,
      'cache-control': 'no-cache, private',
    });
    this.response.end(body);
  }
}
